import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { OutboxBus } from '../../src/events/store/bus/outbox.bus.js';
import type { StoreSettings } from '../../src/events/store/event.draft.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { onEveryStore } from '../support/databases.js';
import { FreshEvents } from './event.databases.js';
import { draftOf, eventOf, openOf, SETTINGS } from './generated.events.js';
import { storedEvents, tablesOfSums } from './stored.sums.js';

const HOUR_MS = 3_600_000;

onEveryStore('the retention of events', (store) => {
  const make = async (settings: Partial<StoreSettings> = {}) => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const events = new EventStore(database, { ...SETTINGS, ...settings });
    const replica = randomUUID();
    const identity = { replica, epoch: await events.open(replica) };
    const age = async (ms: number) => database.execute('UPDATE event_segments SET created_at = created_at - ?', [ms]);
    return { fresh, database, events, identity, age, bus: new OutboxBus(database, 'one') };
  };

  it('keeps events for a search, those that a sink has not taken, are not summed or may be open for longer', async () => {
    const { fresh, database, events, identity, age, bus } = await make();
    await events.append(draftOf(identity, [eventOf(1)]));
    await bus.register('a');
    await events.append(draftOf(identity, [eventOf(2)]));
    await bus.remove('a');
    await bus.register('a');
    await events.append(draftOf(identity, [eventOf(3)]));
    await events.writeUsage();
    expect(await events.prune(Date.now())).toEqual({ givenUpEvents: 0 });
    expect((await storedEvents(database)).length).toBe(3);
    await age(25 * HOUR_MS);
    await events.append(draftOf(identity, [eventOf(4)], { open: [openOf(4)] }));
    await age(25 * HOUR_MS);
    await events.prune(Date.now());
    expect((await storedEvents(database)).map((event) => event.request_id)).toEqual(['request-3', 'request-4']);
    for (const batch of await bus.claim('a', 10)) await bus.acknowledge('a', batch);
    await events.writeUsage();
    await events.prune(Date.now());
    expect((await storedEvents(database)).map((event) => event.request_id)).toEqual(['request-4']);
    await events.append(draftOf(identity, [eventOf(5, { id: `${openOf(4).uuid}:request` })]));
    await events.writeUsage();
    await age(25 * HOUR_MS);
    for (const batch of await bus.claim('a', 10)) await bus.acknowledge('a', batch);
    await events.prune(Date.now());
    expect(await storedEvents(database)).toEqual([]);
    await fresh.drop();
  });

  it('gives up what a sink has not taken after the longest age, and says how much', async () => {
    const { fresh, database, events, identity, age, bus } = await make();
    for (const sink of ['a', 'b']) await bus.register(sink);
    await events.append(draftOf(identity, [eventOf(1), eventOf(2)]));
    await events.writeUsage();
    const { sinks } = await events.status();
    expect(sinks).toMatchObject({ a: { pending: 2, dead: 0 }, b: { pending: 2 } });
    await age(8 * 24 * HOUR_MS);
    expect(await events.prune(Date.now())).toEqual({ givenUpEvents: 4 });
    expect(await events.status()).toMatchObject({ segments: 0, bytes: 0, dropped: 4, sinks: { a: { pending: 0 } } });
    expect(await storedEvents(database)).toEqual([]);
    await fresh.drop();
  });

  it('gives up the oldest events when there are more bytes than may be', async () => {
    const { fresh, database, events, identity, bus } = await make({ maxBytes: 10_000 });
    await bus.register('a');
    for (let n = 0; n < 40; n += 1) await events.append(draftOf(identity, [eventOf(n)]));
    await events.writeUsage();
    const { givenUpEvents } = await events.prune(Date.now());
    expect(givenUpEvents).toBeGreaterThan(10);
    const kept = await storedEvents(database);
    expect(kept.length).toBe(40 - givenUpEvents);
    expect(kept.at(-1)!.request_id).toBe('request-39');
    expect((await events.status()).bytes).toBeLessThanOrEqual(10_000);
    await fresh.drop();
  });

  it('deletes old sums, and marks of replicas that have left', async () => {
    const { fresh, database, events, identity } = await make({ keepMs: 0, isStrict: true });
    const gone = new EventStore(database, SETTINGS);
    await gone.open('gone');
    await events.append(draftOf(identity, [eventOf(1)]));
    await events.writeUsage();
    await database.execute('UPDATE event_marks SET marked_at = 1');
    await events.prune(Date.parse(eventOf(1).at) + SETTINGS.usageKeepMs - 24 * HOUR_MS);
    for (const table of tablesOfSums(database)) expect((await database.query(`SELECT * FROM ${table}`)).length).toBe(1);
    await events.prune(Date.parse(eventOf(1).at) + SETTINGS.usageKeepMs + 24 * HOUR_MS);
    for (const table of tablesOfSums(database)) expect(await database.query(`SELECT * FROM ${table}`)).toEqual([]);
    expect(await database.query(`SELECT replica FROM event_marks WHERE replica = 'gone'`)).toEqual([]);
    await events.append(draftOf(identity, [eventOf(2)]));
    await events.close();
    expect((await database.query('SELECT * FROM usage_quarters')).length).toBe(1);
    await fresh.drop();
  });
});
