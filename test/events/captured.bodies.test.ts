import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { KeptBodies } from '../../src/events/event/capture.line.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { DeadLetters } from '../../src/events/store/bus/dead.letters.js';
import { OutboxBus } from '../../src/events/store/bus/outbox.bus.js';
import type { StoreSettings } from '../../src/events/store/event.draft.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { StoredEvents } from '../../src/events/store/stored.events.js';
import { onEveryStore } from '../support/databases.js';
import { FreshEvents } from './event.databases.js';
import { FaultyEvents, Killed } from './faulty.events.js';
import { draftOf, eventOf, SETTINGS } from './generated.events.js';

const HOUR_MS = 3_600_000;
const SECRET = 'what was "said" \u0000 ä 😀';

onEveryStore('captured bodies', (store) => {
  const make = async (settings: Partial<StoreSettings> = {}) => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const events = new EventStore(database, { ...SETTINGS, ...settings });
    const replica = randomUUID();
    const identity = { replica, epoch: await events.open(replica) };
    const bus = new OutboxBus(database, 'one');
    return { fresh, database, events, identity, bus, stored: new StoredEvents(database) };
  };
  /** An event with bodies of a project, as the worker makes it. */
  const captured = (n: number, { project = 'project-1', text = SECRET, side = 'both' } = {}) => {
    const uuid = randomUUID();
    const event = eventOf(n, { id: `${uuid}:request`, project_id: project, captured: true });
    const body = JSON.stringify({ headers: {}, body: text });
    const bodies: KeptBodies = {
      uuid,
      projectId: project,
      request: body,
      ...(side === 'both' && { response: body }),
    };
    return { event, bodies };
  };
  type Captured = ReturnType<typeof captured>;
  const draft = (identity: { replica: string; epoch: number }, all: readonly Captured[]) =>
    draftOf(
      identity,
      all.map(({ event }) => event),
      { bodies: all.map(({ bodies }) => bodies) },
    );
  const parsed = (line: string | undefined): ProxyEvent => JSON.parse(line!) as ProxyEvent;

  it('are in no segment and in no list, but with the one request that is asked for', async () => {
    const { fresh, database, events, identity, stored } = await make();
    const one = captured(1);
    await events.append(draft(identity, [one, captured(2, { side: 'request' })]));
    const body = { headers: {}, body: SECRET };
    expect(await stored.request(one.event.id)).toMatchObject({ captured: true, request: body, response: body });
    const second = await stored.request('request-2');
    expect(second).toMatchObject({ request: body });
    expect(second).not.toHaveProperty('response');
    const { events: page } = await stored.requests({}, { limit: 9 });
    const { events: live } = await stored.after('0.0', {}, 9);
    expect([page.length, live.length, page[0]!.event.captured]).toEqual([2, 2, true]);
    const rows = await database.query<{ body: string }>('SELECT body FROM event_segments');
    expect(JSON.stringify([page, live, rows])).not.toContain('what was');
    await fresh.drop();
  });

  it('are joined when a sink claims, and are not buried with a dead event', async () => {
    const { fresh, database, events, identity, bus } = await make();
    await bus.register('a');
    await events.append(draft(identity, [captured(1)]));
    await events.append(draftOf(identity, [eventOf(2)]));
    const [first, second] = await bus.claim('a', 9);
    expect(parsed(first!.lines[0])).toMatchObject({ request: { body: SECRET }, response: { body: SECRET } });
    expect(second!.lines[0]).not.toContain('captured');
    const { id: eventId } = parsed(first!.lines[0]);
    await bus.bury('a', [{ eventId, line: first!.lines[0]!, reason: 'HTTP 400', tries: 1 }]);
    for (const batch of [first!, second!]) await bus.acknowledge('a', batch);
    const dead = new DeadLetters(database);
    expect((await dead.list())[0]!.line).not.toContain('what was');
    await dead.replay();
    const [again] = await bus.claim('a', 9);
    expect(parsed(again!.lines[0])).toMatchObject({ id: eventId, request: { body: SECRET } });
    await fresh.drop();
  });

  it('make batches smaller, so that a sink gets no more at once than without them', async () => {
    const { fresh, database, events, identity } = await make();
    const text = 'x'.repeat(100_000);
    await events.append(
      draft(
        identity,
        [1, 2, 3].map((n) => captured(n, { text })),
      ),
    );
    const rows = await database.query<{ events: number; bytes: number }>('SELECT events, bytes FROM event_segments');
    expect(rows.map((row) => row.events)).toEqual([1, 1, 1]);
    expect(Math.max(...rows.map(({ bytes }) => bytes))).toBeLessThan(2000);
    await fresh.drop();
  });

  it('are kept for a shorter time than their event, and never longer', async () => {
    const { fresh, database, events, identity, bus, stored } = await make({ bodiesKeepMs: HOUR_MS });
    const [one, two] = [captured(1), captured(2)];
    await bus.register('a');
    await events.append(draft(identity, [one]));
    await database.execute('UPDATE event_bodies SET created_at = created_at - ?', [2 * HOUR_MS]);
    await events.append(draft(identity, [two]));
    await events.writeUsage();
    await events.prune(Date.now());
    expect(await stored.request(one.event.id)).not.toHaveProperty('request');
    expect(await stored.request(two.event.id)).toHaveProperty('request');
    const [first] = await bus.claim('a', 9);
    expect(parsed(first!.lines[0])).toMatchObject({ id: one.event.id, captured: true });
    expect(first!.lines[0]).not.toContain('"request":{');
    await bus.remove('a');
    await database.execute('UPDATE event_segments SET created_at = created_at - ?', [25 * HOUR_MS]);
    await events.prune(Date.now());
    expect(await database.query('SELECT uuid FROM event_bodies')).toEqual([]);
    await fresh.drop();
  });

  it('of a project have a limited space, which the newest get; other projects keep theirs', async () => {
    const { fresh, database, events, identity } = await make({ bodiesMaxBytes: 20_000 });
    const other = captured(99, { project: 'quiet', text: 'x'.repeat(5000) });
    await events.append(draft(identity, [other]));
    await events.append(draft(identity, [captured(98, { project: 'quiet', text: 'x'.repeat(20_000) })]));
    const all = Array.from({ length: 30 }, (_, n) => captured(n, { project: 'loud', text: 'x'.repeat(1000) }));
    for (const one of all) {
      await events.append(draft(identity, [one]));
      await database.execute('UPDATE event_bodies SET created_at = created_at - 1000', []);
      const [row] = await database.query<{ bytes: number }>('SELECT sum(bytes) AS bytes FROM event_bodies');
      expect(row!.bytes).toBeLessThan(20_000 * (9 / 8) + 2100 + 12_000);
    }
    await events.prune(Date.now());
    const rows = await database.query<{ uuid: string; bytes: number }>(
      `SELECT uuid, bytes FROM event_bodies WHERE project_id = 'loud' ORDER BY created_at`,
    );
    expect(rows.map(({ uuid }) => uuid)).toEqual(all.slice(-rows.length).map(({ bodies }) => bodies.uuid));
    expect(rows.length).toBe(Math.floor(20_000 / rows[0]!.bytes));
    expect(await database.query('SELECT uuid FROM event_bodies WHERE project_id = ?', ['quiet'])).toHaveLength(1);
    await fresh.drop();
  });

  it('have no limit with 0, and so have events and sums', async () => {
    const { fresh, database, events, identity } = await make({ bodiesMaxBytes: 0, maxBytes: 0, usageKeepMs: 0 });
    await events.append(draft(identity, [captured(1)]));
    await events.writeUsage();
    await events.prune(Date.now());
    for (const table of ['event_bodies', 'event_segments', 'usage_quarters'])
      expect(await database.query(`SELECT * FROM ${table}`)).toHaveLength(1);
    await fresh.drop();
  });

  it('are written once with their event, whatever fails', async () => {
    for (let at = 1; at < 40; at += 1) {
      const { fresh, database, identity, stored } = await make();
      const faulty = new FaultyEvents(database, { at, isDone: at % 2 === 0, isLast: false });
      const events = new EventStore(faulty, SETTINGS);
      const one = captured(1);
      const given = draft(identity, [one]);
      const attempt = async (work: () => Promise<unknown>): Promise<boolean> =>
        work().then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof Killed)) throw error;
            return false;
          },
        );
      let isFailing = false;
      while (!(await attempt(async () => events.open(identity.replica)))) isFailing = true;
      while (!(await attempt(async () => events.append(given)))) isFailing = true;
      expect(await database.query('SELECT uuid FROM event_bodies')).toEqual([{ uuid: one.bodies.uuid }]);
      expect(await stored.request(one.event.id)).toHaveProperty('response');
      await fresh.drop();
      if (!isFailing) return;
    }
    expect.unreachable();
  });
});
