import { DataSource, type ObjectLiteral } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { TestApp } from '../../test/support/app.js';
import { type FreshStore, onServers } from '../../test/support/stores.js';
import { LedgerSql } from './ledger.sql.js';

onServers(LedgerSql.name, (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let sql: LedgerSql;
  let store: DataSource;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    sql = app.running.app.get(LedgerSql);
    store = app.running.app.get(DataSource);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  afterEach(() => vi.restoreAllMocks());

  it.runIf(onStore.driver === 'mysql')('relies on no order of assignments, which an update of several tables has not', async () => {
    const { id } = await app.token({ max_requests: 7 });
    const judged = { id, revision: 0, projectRevision: 0 };
    const query = store.query.bind(store);
    vi.spyOn(store, 'query').mockImplementation((text: string, values?: ObjectLiteral | unknown[]) =>
      query(text.replace('UPDATE tokens SET', 'UPDATE tokens JOIN (SELECT 1 AS one) AS other SET'), values as never),
    );
    expect(await sql.take(judged, 5, 0)).toBe(5);
    expect(await sql.take(judged, 5, 0)).toBe(2);
    expect(await sql.take(judged, 5, 0)).toBe(0);
    expect(await app.tokenById(id)).toMatchObject({ request_count: 7 });
  });
});
