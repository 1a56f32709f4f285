import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { DatabaseUnreachable } from '../../src/database/dialect/database.error.js';
import { TestApp } from '../support/app.js';
import { rowsOf } from '../support/audit.rows.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { refused } from '../support/refusal.js';

onEveryStore('a change whose transaction breaks off at its end', (store) => {
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

  it('has a row that says so, beside that of the change', async () => {
    const { id } = await app.token();
    const source = app.running.app.get(DataSource);
    const rows = await rowsOf(app, async () => {
      const transaction = source.transaction.bind(source) as (work: unknown) => Promise<unknown>;
      vi.spyOn(source, 'transaction').mockImplementationOnce(async (work: unknown) => {
        await transaction(work);
        throw new Error('the connection is lost');
      });
      await refused(app.manage('PATCH', `/manage/tokens/${id}`, { name: 'new' }));
    });
    expect(rows).toMatchObject([
      { action: 'token.update', outcome: 'success', changes: { name: { from: null, to: 'new' } } },
      { action: 'token.update', outcome: 'failure', token_id: id, metadata: { outcome_unknown: true } },
    ]);
    expect(rows[0]!.request_id).toBe(rows[1]!.request_id);
  });

  it('is answered while the database does not respond to its row either; the row is written when it does', async () => {
    const trail = app.running.app.get(AuditTrail, { strict: false });
    const write = trail.write.bind(trail);
    const hung = Promise.withResolvers<void>();
    let row: Promise<void> | undefined;
    vi.spyOn(trail, 'write').mockImplementationOnce((draft) => (row = hung.promise.then(() => write(draft))));
    vi.spyOn(app.running.app.get(DataSource), 'transaction').mockRejectedValueOnce(new DatabaseUnreachable());
    const rows = await rowsOf(app, async () => {
      const answer = await refused(app.manage('POST', '/manage/projects', { name: 'hung', api_key: 'sk-x' }));
      expect(answer).toMatchObject({ status: 503, code: 'store_unavailable' });
      hung.resolve();
      await row;
    });
    expect(rows).toMatchObject([{ action: 'project.create', outcome: 'failure', reason: 'store_unavailable' }]);
  });
});
