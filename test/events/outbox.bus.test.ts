import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { DeadLetters } from '../../src/events/store/bus/dead.letters.js';
import { OutboxBus } from '../../src/events/store/bus/outbox.bus.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { StoredEvents } from '../../src/events/store/stored.events.js';
import { onEveryStore } from '../support/databases.js';
import { busContract } from './bus.contract.js';
import { FreshEvents } from './event.databases.js';
import { draftOf, eventOf, openOf, SETTINGS } from './generated.events.js';

onEveryStore('the outbox', (store) => {
  const make = async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const events = new EventStore(database, SETTINGS);
    const identity = { replica: randomUUID(), epoch: await events.open(randomUUID()) };
    return {
      fresh,
      database,
      events,
      identity,
      bus: new OutboxBus(database, 'one'),
      publish: async (lines: readonly string[]) =>
        void (await events.append({ ...draftOf(identity, []), lines: () => lines, count: lines.length })),
      other: async () => new OutboxBus(await fresh.connect(), 'two'),
      endLeases: async () => void (await database.execute('UPDATE event_sinks SET held_until = 1')),
      drop: async () => fresh.drop(),
    };
  };

  busContract(make);

  it('gives no batch for a segment without events', async () => {
    const { bus, events, identity, drop } = await make();
    await bus.register('a');
    await events.append(draftOf(identity, [], { open: [openOf(1)] }));
    expect(await bus.claim('a', 10)).toEqual([]);
    expect(await bus.lag('a')).toEqual({ events: 0, seconds: 0 });
    await drop();
  });

  it('lists dead events, delivers them again to their sink alone, and drops them', async () => {
    const { bus, database, events, identity, drop } = await make();
    const letters = new DeadLetters(database);
    const reader = new StoredEvents(database);
    for (const sink of ['a', 'b']) await bus.register(sink);
    await events.append(draftOf(identity, [eventOf(1), eventOf(2)]));
    for (const sink of ['a', 'b']) {
      const [batch] = await bus.claim(sink, 1);
      const [line] = batch!.lines;
      const { id: eventId } = JSON.parse(line!) as { id: string };
      await bus.bury(sink, [{ eventId, line: line!, reason: 'status 400', tries: 1 }]);
      await bus.acknowledge(sink, batch!);
    }
    const [first] = await letters.list({ sink: 'a' });
    expect(first).toMatchObject({ sink: 'a', reason: 'status 400', tries: 1 });
    expect((await letters.list()).length).toBe(2);
    expect(await letters.replay({ sink: 'a', eventIds: [first!.eventId] })).toBe(1);
    expect((await bus.claim('a', 10)).map(({ lines }) => lines)).toEqual([[first!.line]]);
    expect(await bus.claim('b', 10)).toEqual([]);
    expect((await reader.requests({}, { limit: 10 })).events.length).toBe(2);
    expect(await letters.drop({ eventIds: [] })).toBe(0);
    expect(await letters.drop()).toBe(1);
    expect(await letters.list()).toEqual([]);
    await drop();
  });
});
