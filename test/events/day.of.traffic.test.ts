import { expect, it } from 'vitest';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { onEveryStore } from '../support/databases.js';
import { seeded } from '../support/seeded.js';
import { FreshEvents } from './event.databases.js';
import { type Fault, FaultyEvents, Killed } from './faulty.events.js';
import { draftOf, eventOf, openOf, SETTINGS, START } from './generated.events.js';
import { storedEvents, sumsOf, tableOfSums } from './stored.sums.js';

const DAY_MS = 24 * 3_600_000;
/** Generated events are seven seconds apart. */
const EVENTS = Math.ceil(DAY_MS / 7000);
const MAX_EVENTS_OF_A_DRAFT = 200;
/** A process lives for at most this number of statements and commits. */
const MAX_LIFE = 60;

/** Writes until it is killed, or the day is over. Returns the number of the next event. */
async function live(database: EventDatabase, from: number, random: (below: number) => number): Promise<number> {
  const fault: Fault = { at: 1 + random(MAX_LIFE), isDone: random(2) === 1, isLast: true };
  const store = new EventStore(new FaultyEvents(database, fault), SETTINGS);
  let next = from;
  try {
    // Whoever finds the marks of a dead process counts its events; a replica is never started twice at once.
    const replica = `replica-${random(3)}`;
    const identity = { replica, epoch: await store.open(replica) };
    while (next < EVENTS) {
      const count = Math.min(1 + random(MAX_EVENTS_OF_A_DRAFT), EVENTS - next);
      const events = Array.from({ length: count }, (_, at) => eventOf(next + at));
      next += count;
      await store.append(draftOf(identity, events, random(3) === 0 ? { open: [openOf(next)] } : {}));
      if (random(2) === 0) await store.writeUsage();
      if (random(8) === 0) await store.recover(new Set([replica]));
    }
    await store.close();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  return next;
}

onEveryStore('a day of traffic whose processes are killed', (store) => {
  it('ends with sums that equal the events, to the nano-dollar', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const random = seeded(20261128);
    let lives = 0;
    for (let next = 0; next < EVENTS; lives += 1) next = await live(database, next, random);
    const last = new EventStore(database, SETTINGS);
    await last.open('last');
    await last.recover(new Set());
    await last.close();
    const events = await storedEvents(database);
    expect(lives).toBeGreaterThan(20);
    // A killed process loses at most the draft that it was writing.
    expect(events.filter(({ kind }) => kind === 'request').length).toBeGreaterThan(
      EVENTS - lives * MAX_EVENTS_OF_A_DRAFT,
    );
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    // A crash is written last, with the time of its request.
    expect(Math.max(...events.map(({ at }) => Date.parse(at)))).toBeGreaterThan(START + DAY_MS - 3_600_000);
    expect(await tableOfSums(database)).toEqual(sumsOf(events));
    await fresh.drop();
  });
});
