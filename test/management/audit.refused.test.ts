import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { refused } from '../support/refusal.js';

onEveryStore('a refused management call', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const query = (sql: string): Promise<Record<string, unknown>[]> => app.running.app.get(DataSource).query(sql);
  const rows = async (): Promise<AuditRow[]> => (await query('SELECT * FROM audit_events ORDER BY seq')).map(storedRow);
  /** The rows that `work` leaves. */
  const left = async (work: () => Promise<unknown>): Promise<AuditRow[]> => {
    const before = (await rows()).length;
    await work();
    return (await rows()).slice(before);
  };

  it('has one row before its answer', async () => {
    const id = randomUUID();
    const [row, ...more] = await left(() => app.manage('PATCH', `/manage/tokens/${id}`, { name: 'x' }));
    expect([row, more]).toMatchObject([
      {
        action: 'token.update',
        actor: 'management_api',
        outcome: 'failure',
        reason: 'token_not_found',
        token_id: id,
        method: 'PATCH',
        path: `/manage/tokens/${id}`,
        metadata: { message: expect.stringContaining('no token') },
      },
      [],
    ]);
    expect(row!.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has the project as soon as it is known, and no project that the caller does not see', async () => {
    const closed = await app.project();
    const { id: foreign } = await app.project();
    const token = await app.token({ project_id: closed.id });
    await app.manage('PATCH', `/manage/projects/${closed.id}`, { is_active: false });
    const manager = await operator(app, { role: 'manager', projects: [closed.id] });
    const create = async (id: string, credential?: string): Promise<unknown> =>
      app.manage('POST', '/manage/tokens', { project_id: id }, credential);
    const added = await left(async () => {
      await create(closed.id);
      await create(closed.id.toUpperCase(), manager.token);
      await app.manage('PATCH', `/manage/tokens/${token.id}`, { expires_at: '2020-01-01T00:00:00Z' });
      await create(foreign, manager.token);
      await create(randomUUID());
    });
    expect(added.map((row) => [row.action, row.reason, row.project_id])).toEqual([
      ['token.create', 'project_inactive', closed.id],
      ['token.create', 'project_inactive', closed.id],
      ['token.update', 'validation_failed', closed.id],
      ['token.create', 'project_not_found', undefined],
      ['token.create', 'project_not_found', undefined],
    ]);
    const { events } = (await (
      await app.manage('GET', '/manage/audit?outcome=failure', undefined, manager.token)
    ).json()) as { events: AuditRow[] };
    expect(events.map(({ seq }) => seq)).toEqual(
      added
        .slice(0, 3)
        .map(({ seq }) => seq)
        .toReversed(),
    );
  });

  it('without a credential is denied, whatever the route', async () => {
    const [read, write, ...more] = await left(async () => {
      expect((await refused(app.manage('GET', '/manage/tokens', undefined, 'wrong'))).status).toBe(401);
      expect((await refused(app.manage('POST', '/manage/projects', {}, null))).status).toBe(401);
    });
    const denied = { action: 'auth.denied', outcome: 'denied', reason: 'unauthorized' };
    expect([read, write, more]).toMatchObject([
      { ...denied, metadata: { attempted: 'GET /manage/tokens' } },
      { ...denied, metadata: { attempted: 'project.create' } },
      [],
    ]);
    expect(read).not.toHaveProperty('actor_id');
  });

  it('by its role is denied, and names the operator', async () => {
    const made = await app.manage('POST', '/manage/operators', { name: 'Vera', role: 'viewer' });
    const { id, token } = (await made.json()) as { id: string; token: string };
    const [row, ...more] = await left(() => app.manage('POST', '/manage/projects', { name: 'no' }, token));
    expect([row, more]).toMatchObject([
      { action: 'auth.denied', reason: 'role_not_allowed', actor: 'operator', actor_id: id, actor_name: 'Vera' },
      [],
    ]);
  });

  it('of a route that only reads has no row, nor has an unknown path or method', async () => {
    const added = await left(async () => {
      for (const [method, path] of [
        ['GET', `/manage/tokens/${randomUUID()}`],
        ['GET', '/manage/nowhere'],
        ['PUT', '/manage/tokens'],
      ] as const)
        expect((await app.manage(method, path)).status).toBeGreaterThanOrEqual(404);
    });
    expect(added).toEqual([]);
  });

  it('is answered by 503 when its row cannot be written', async () => {
    await query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    for (const [token, body] of [['wrong'], [undefined, { name: '' }]] as const) {
      const response = await app.manage('POST', '/manage/projects', body, token);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(response.headers.get('www-authenticate')).toBeNull();
      expect(await refused(response)).toMatchObject({ status: 503, code: 'audit_unavailable' });
    }
    await query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
    expect((await app.manage('GET', '/manage/tokens', undefined, 'wrong')).status).toBe(401);
  });
});
