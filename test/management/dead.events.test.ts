import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import { prepareEventDatabase } from '../../src/events/store/event.file.js';
import { OutboxBus } from '../../src/events/store/bus/outbox.bus.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { rowsOf } from '../support/audit.rows.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const LINE = (id: string): string => `{"v":1,"id":"${id}","prompt":"line-canary"}`;

onEveryStore('dead events', (store) => {
  let app: TestApp;
  let database: FreshStore;
  let events: EventDatabase;
  let bus: OutboxBus;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    const { config } = loadConfig({ MANAGEMENT_TOKEN, ...database.variables });
    events = await openEventDatabase(await prepareEventDatabase(config.database));
    bus = new OutboxBus(events, 'test');
    await bus.register('webhook');
    await bus.register('datadog');
  });
  afterAll(async () => {
    await events.close();
    await app.close();
    await database.drop();
  });
  beforeEach(async () => {
    await events.execute('DELETE FROM event_dead');
    for (const [sink, ids] of [
      ['webhook', ['a', 'b']],
      ['datadog', ['a']],
    ] as const)
      await bus.bury(
        sink,
        ids.map((eventId) => ({ eventId, line: LINE(eventId), reason: 'HTTP 400', tries: 3 })),
      );
  });

  const list = async (query = ''): Promise<Record<string, unknown>[]> => {
    const response = await app.manage('GET', `/manage/events/dead${query}`);
    const text = await response.text();
    expect([response.status, text.includes('line-canary')]).toEqual([200, false]);
    return JSON.parse(text) as Record<string, unknown>[];
  };
  const act = async (deed: string, body: object): Promise<[number, unknown]> => {
    const response = await app.manage('POST', `/manage/events/dead/${deed}`, body);
    return [response.status, await response.json()];
  };
  const names = (rows: Record<string, unknown>[]): string[] =>
    rows.map(({ sink, event_id: id }) => `${String(sink)} ${String(id)}`).toSorted();

  it('are listed without their lines, all or those of a sink', async () => {
    const all = await list();
    expect(names(all)).toEqual(['datadog a', 'webhook a', 'webhook b']);
    expect(all[0]).toEqual({
      sink: expect.any(String),
      event_id: expect.any(String),
      reason: 'HTTP 400',
      tries: 3,
      first_at: expect.stringMatching(/Z$/),
      last_at: expect.stringMatching(/Z$/),
    });
    expect(names(await list('?sink=webhook'))).toEqual(['webhook a', 'webhook b']);
    expect(await list('?sink=webhook&limit=1')).toHaveLength(1);
    expect((await app.manage('GET', '/manage/events/dead?limit=0')).status).toBe(400);
  });

  it('are delivered again, one of a sink, and the audit log says which', async () => {
    const rows = await rowsOf(app, async () => {
      expect(await act('replay', { sink: 'webhook', event_ids: ['a'] })).toEqual([200, { replayed_count: 1 }]);
    });
    expect(rows).toMatchObject([
      { action: 'events.dead_replay', outcome: 'success', metadata: { sink: 'webhook', event_ids: ['a'] } },
    ]);
    expect(names(await list())).toEqual(['datadog a', 'webhook b']);
    const pending = await bus.claim('webhook', 8);
    expect(pending.flatMap(({ lines }) => lines)).toContain(LINE('a'));
    for (const batch of pending) await bus.acknowledge('webhook', batch);
  });

  it('are deleted, all of a sink or all', async () => {
    const rows = await rowsOf(app, async () => {
      expect(await act('drop', { sink: 'webhook' })).toEqual([200, { dropped_count: 2 }]);
      expect(await act('drop', { all: true })).toEqual([200, { dropped_count: 1 }]);
    });
    expect(rows.map(({ action, metadata }) => [action, metadata])).toEqual([
      ['events.dead_drop', { sink: 'webhook' }],
      ['events.dead_drop', { all: true }],
    ]);
    expect(await list()).toEqual([]);
  });

  it('are not meant by default', async () => {
    for (const [body, field] of [
      [{}, 'sink'],
      [{ all: true, sink: 'webhook' }, 'all'],
      [{ all: false }, 'all'],
      [{ event_ids: [] }, 'event_ids'],
      [{ event_ids: [7] }, 'event_ids'],
    ] as const)
      expect([body, await act('drop', body)]).toMatchObject([body, [400, { details: [{ field }] }]]);
    expect(await list()).toHaveLength(3);
  });
});

describe('without events', () => {
  it('there are no dead ones', async () => {
    const app = await TestApp.start({ OBSERVABILITY_ENABLED: 'false' });
    const calls = [
      await app.manage('GET', '/manage/events/dead'),
      await app.manage('POST', '/manage/events/dead/replay', { all: true }),
    ];
    for (const response of calls)
      expect([response.status, await response.json()]).toMatchObject([409, { code: 'observability_disabled' }]);
    await app.close();
  });
});
