import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { refused } from '../support/refusal.js';

const TABLES = ['projects', 'tokens', 'operators', 'labels', 'changes'];

onEveryStore('a change whose row in the audit log is refused', (store) => {
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

  const query = (sql: string): Promise<object[]> => app.running.app.get(DataSource).query(sql);
  /** What the database has, apart from times of use. */
  const content = async (): Promise<object> => {
    const all: Record<string, object[]> = {};
    for (const table of TABLES) {
      const rows = await query(`SELECT * FROM ${table}`);
      all[table] = rows.map((row) => ({ ...row, last_used_at: null }));
    }
    return all;
  };

  it('is not made, whatever the call, and is made once the rows are taken again', async () => {
    const { id: project } = await app.project({ labels: { team: 'a' } });
    const { id: token } = await app.token({ project_id: project });
    const { id: person } = await operator(app);
    const calls: [string, string, object?][] = [
      ['POST', 'projects', { name: 'new', api_key: 'sk-proj-new-0123456789' }],
      ['PATCH', `projects/${project}`, { name: 'other', labels: { team: 'b' } }],
      ['POST', 'tokens', { project_id: project, labels: { team: 'c' } }],
      ['PATCH', `tokens/${token}`, { max_requests: 5, labels: null }],
      ['POST', `tokens/${token}/replace`, { overlap_minutes: 0 }],
      ['POST', 'tokens/revoke', { ids: [token] }],
      ['POST', `projects/${project}/tokens/revoke`],
      ['DELETE', `tokens/${token}`],
      ['POST', 'operators', { name: 'second', role: 'viewer' }],
      ['PATCH', `operators/${person}`, { role: 'admin' }],
      ['DELETE', `operators/${person}`],
      ['DELETE', `projects/${project}`],
    ];
    const before = await content();
    const rows = await auditRows(app);
    await query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    for (const [method, path, body] of calls)
      expect([path, await refused(app.manage(method, `/manage/${path}`, body))]).toMatchObject([
        path,
        { status: 503, code: 'audit_unavailable' },
      ]);
    await query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
    expect(await content()).toEqual(before);
    expect(await auditRows(app)).toEqual(rows);
    for (const [method, path, body] of calls.slice(0, 4))
      expect((await app.manage(method, `/manage/${path}`, body)).status).toBeLessThan(300);
    const after = await auditRows(app);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, i) => i + 1));
    expect(after.length).toBe(rows.length + 4);
  });
});
