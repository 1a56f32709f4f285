import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { RequestFilter, UsageFilter, UsageRow } from '../../src/events/event/event.queries.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { matches } from '../../src/events/store/request.match.js';
import { StoredEvents } from '../../src/events/store/stored.events.js';
import { onEveryStore } from '../support/databases.js';
import { FreshEvents } from './event.databases.js';
import { draftOf, eventOf, openOf, SETTINGS, START } from './generated.events.js';
import { storedEvents } from './stored.sums.js';

const FILTERS: readonly RequestFilter[] = [
  {},
  { projectId: 'project-1' },
  { projectId: 'project-1', tokenId: 'token-1' },
  { model: 'gpt-5.6' },
  { model: 'asked-for' },
  { statusClass: 5 },
  { end: 'upstream', path: '/v1/chat' },
  { path: '/v1/responses' },
  { slowerThanMs: 300 },
  { from: START + 100 * 7000, to: START + 120 * 7000 },
  { from: START + 350 * 7000 },
  { to: START + 3 * 7000 },
  { requestId: 'request-17' },
  { requestId: 'req_17"\\' },
  { requestId: 'no such request' },
  { replica: 'another' },
];

onEveryStore('stored events', (store) => {
  const make = async (count: number) => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const events = new EventStore(database, SETTINGS);
    const replica = randomUUID();
    const identity = { replica, epoch: await events.open(replica) };
    const more = (n: number): Partial<ProxyEvent> => ({
      upstream_request_id: `req_${n}"\\`,
      ...(n % 10 === 0 && { request_model: 'asked-for' }),
    });
    for (let n = 0; n < count; n += 30)
      await events.append(
        draftOf(
          identity,
          Array.from({ length: 30 }, (_, at) => eventOf(n + at, more(n + at))),
        ),
      );
    return { fresh, database, events, identity, reader: new StoredEvents(database) };
  };

  it('are listed newest first, by any filter, in pages without gaps and overlaps', async () => {
    const { fresh, database, events, identity, reader } = await make(390);
    const notice = { v: 1, id: 'n', kind: 'notice', type: 'token.expired', at: '', replica: '', message: '' } as const;
    await events.append(draftOf(identity, [], { open: [openOf(1)], notices: [notice] }));
    const all = (await storedEvents(database)).toReversed();
    expect(all.length).toBe(390);
    for (const filter of FILTERS) {
      const wanted = all.filter((event) => matches(event, filter)).map(({ id }) => id);
      for (const limit of [7, 50, 1000]) {
        const found: string[] = [];
        let before: string | undefined;
        do {
          const page = await reader.requests(filter, { limit, ...(before !== undefined && { before }) });
          expect(page.events.length).toBeLessThanOrEqual(limit);
          found.push(...page.events.map(({ event }) => event.id));
          before = page.next;
        } while (before !== undefined);
        expect([filter, limit, found]).toEqual([filter, limit, wanted]);
      }
    }
    expect(await reader.requests({}, { limit: 5, before: 'nonsense' })).toEqual({ events: [] });
    await fresh.drop();
  });

  it('are found by the id of the event or of the request', async () => {
    const { fresh, database, reader } = await make(90);
    const [, event] = await storedEvents(database);
    expect(await reader.request(event!.id)).toEqual(event);
    expect(await reader.request('request-77')).toMatchObject({ request_id: 'request-77' });
    expect(await reader.request('request-7')).toMatchObject({ request_id: 'request-7' });
    expect(await reader.request('chat_completions')).toBeUndefined();
    // An older program knows no ids of segments.
    await database.execute('UPDATE event_segments SET ids = NULL WHERE id % 2 = 1');
    for (const id of ['request-7', 'request-37', 'request-77'])
      expect(await reader.request(id)).toMatchObject({ request_id: id });
    await fresh.drop();
  });

  it('come after a cursor, once each, and the rest of them is counted', async () => {
    const { fresh, events, identity, reader } = await make(60);
    const { last: start } = await reader.after(undefined, {}, 10);
    expect(await reader.after(start, {}, 10)).toMatchObject({ events: [], skipped: 0 });
    await events.append(draftOf(identity, [eventOf(100), eventOf(101), eventOf(102)]));
    await events.append(draftOf(identity, [eventOf(103)]));
    const first = await reader.after(start, {}, 3);
    expect(first.events.map(({ event }) => event.request_id)).toEqual(['request-100', 'request-101', 'request-102']);
    expect(first.skipped).toBe(1);
    expect(await reader.after(first.last, {}, 3)).toMatchObject({ events: [], skipped: 0, last: first.last });
    const again = await reader.after(first.events[1]!.cursor, { tokenId: 'token-5' }, 10);
    expect(again.events.map(({ event }) => event.request_id)).toEqual(['request-103']);
    await fresh.drop();
  });

  it('wait for a segment that may be committed later than the next one', async () => {
    const { fresh, database, events, identity, reader } = await make(30);
    const { last } = await reader.after(undefined, {}, 10);
    await events.append(draftOf(identity, [eventOf(100)]));
    await events.append(draftOf(identity, [eventOf(101)]));
    const ids = await database.query<{ id: number }>('SELECT id FROM event_segments ORDER BY id DESC LIMIT 2');
    await database.execute('DELETE FROM event_segments WHERE id = ?', [ids[1]!.id]);
    expect((await reader.after(last, {}, 10)).events).toEqual([]);
    await database.execute('UPDATE event_segments SET created_at = created_at - 6000');
    const { events: found } = await reader.after(last, {}, 10);
    expect(found.map(({ event }) => event.request_id)).toEqual(['request-101']);
    await fresh.drop();
  });

  it('have sums by any grouping', async () => {
    const { fresh, database, events, reader } = await make(390);
    await events.writeUsage();
    const range = { from: START, to: START + 86_400_000 };
    const fine = await reader.usage({ ...range, groupBy: KEYS });
    const requests = (rows: readonly UsageRow[]) => rows.reduce((sum, row) => sum + row.requests, 0);
    expect(requests(fine)).toBe(390);
    for (const groupBy of [
      [],
      ['quarter'],
      ['quarter', 'projectId'],
      ['projectId', 'model'],
      ['route', 'tier', 'tokenId'],
    ] as const) {
      const rows = await reader.usage({ ...range, groupBy });
      const keyOf = (row: UsageRow) => groupBy.map((key) => row[key]).join();
      expect(new Set(rows.map(keyOf)).size).toBe(rows.length);
      for (const row of rows) {
        const parts = fine.filter((one) => keyOf(one) === keyOf(row));
        const sum = (of: (one: UsageRow) => number) => parts.reduce((total, one) => total + of(one), 0);
        expect(row.requests).toBe(sum((one) => one.requests));
        expect(row.costNanoUsd).toBe(sum((one) => one.costNanoUsd));
        expect(row.figures.input ?? 0).toBe(sum((one) => one.figures.input ?? 0));
        expect(row.figures.seconds ?? 0).toBeCloseTo(sum((one) => one.figures.seconds ?? 0));
        expect(row.estimatedOutput).toBe(sum((one) => one.estimatedOutput));
        for (const key of KEYS.filter((name) => !groupBy.includes(name as never)))
          expect(row[key]).toBe(key === 'quarter' ? 0 : '');
      }
    }
    const step = { ms: 40 * 60_000, at: START + 15 * 60_000 };
    const startOf = (quarter: number) => quarter - ((quarter - step.at) % step.ms) - (quarter < step.at ? step.ms : 0);
    for (const groupBy of [['quarter'], ['quarter', 'projectId'], ['quarter', 'model']] as const) {
      const keyOf = (row: UsageRow, at: number) => [at, ...groupBy.slice(1).map((key) => row[key])].join();
      const sums = new Map<string, number>();
      for (const row of fine) {
        const key = keyOf(row, startOf(row.quarter));
        sums.set(key, (sums.get(key) ?? 0) + row.requests);
      }
      const rows = await reader.usage({ ...range, groupBy, step, only: ['requests'] });
      expect(new Map(rows.map((row) => [keyOf(row, row.quarter), row.requests]))).toEqual(sums);
      expect(rows.length).toBe(sums.size);
    }
    const [one] = await reader.usage({ ...range, groupBy: [], projectId: 'project-1', tokenId: 'token-1' });
    const kept = (await storedEvents(database)).filter((e) => e.project_id === 'project-1' && e.token_id === 'token-1');
    expect(one!.requests).toBe(kept.length);
    expect(await reader.usage({ from: 0, to: START, groupBy: [] })).toEqual([]);
    expect(requests(await reader.usage({ from: START, to: START + 900_000, groupBy: ['model'] }))).toBe(129);
    await fresh.drop();
  });
});

const KEYS: UsageFilter['groupBy'] = ['quarter', 'projectId', 'tokenId', 'model', 'route', 'tier'];
