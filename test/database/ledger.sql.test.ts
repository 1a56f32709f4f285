import { DataSource, type ObjectLiteral } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { type FreshStore, onServers } from '../support/databases.js';
import { lockWaits } from '../support/database.locks.js';
import { ROOT } from '../../src/common/values/actor.js';
import { ReplicaIdentity } from '../../src/replicas/replica.identity.js';
import { LedgerSql } from '../../src/token/ledger/ledger.sql.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TokenService } from '../../src/token/token.service.js';

onServers(LedgerSql.name, (onStore) => {
  /** The order of rows depends on the plan: with this one, a batch is looked up token by token. */
  const PLANS =
    onStore.driver === 'postgres'
      ? `?options=${['hashjoin', 'mergejoin', 'seqscan'].map((plan) => `-c%20enable_${plan}%3Doff`).join('%20')}`
      : '';
  let app: TestApp;
  let fresh: FreshStore;
  let sql: LedgerSql;
  let store: DataSource;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start({ ...fresh.variables, DATABASE_URL: `${fresh.variables['DATABASE_URL']}${PLANS}` });
    sql = app.running.app.get(LedgerSql);
    store = app.running.app.get(DataSource);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  afterEach(() => vi.restoreAllMocks());

  it.runIf(onStore.driver === 'mysql')(
    'relies on no order of assignments, which an update of several tables has not',
    async () => {
      const { id } = await app.token({ max_requests: 7 });
      const judged = { id, revision: 0, projectRevision: 0, accountId: undefined };
      const query = store.query.bind(store);
      vi.spyOn(store, 'query').mockImplementation((text: string, values?: ObjectLiteral | unknown[]) =>
        query(text.replace('UPDATE tokens SET', 'UPDATE tokens JOIN (SELECT 1 AS one) AS other SET'), values as never),
      );
      expect((await sql.take(judged, 5, 0)).granted).toBe(5);
      expect((await sql.take(judged, 5, 0)).granted).toBe(2);
      expect((await sql.take(judged, 5, 0)).granted).toBe(0);
      expect(await app.tokenById(id)).toMatchObject({ request_count: 7 });
    },
  );

  it.runIf(onStore.driver === 'mysql')(
    'takes once, and knows nothing of what is left, when the read after the take fails',
    async () => {
      const { id } = await app.token({ max_requests: 7 });
      const judged = { id, revision: 0, projectRevision: 0, accountId: undefined };
      expect(await sql.take(judged, 2, 0, true)).toEqual({ granted: 2, left: 5 });
      const query = store.query.bind(store);
      const reads = vi.spyOn(store, 'query').mockImplementation(async (text: string, values?: unknown) => {
        if (text.startsWith('SELECT')) throw Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK' });
        return query(text, values as never);
      });
      expect(await sql.take(judged, 2, 0, true)).toEqual({ granted: 2, left: undefined });
      expect(reads).toHaveBeenCalledTimes(2);
      reads.mockRestore();
      expect(await app.tokenById(id)).toMatchObject({ request_count: 4 });
    },
  );

  it('DB-13 request counts and a revocation of the same tokens cannot deadlock', async () => {
    // The one that comes first in the table comes last by its id.
    const { id: template, project_id: projectId } = await app.token();
    const row = await store.manager.findOneByOrFail(TokenEntity, { id: template });
    const [high, low] = ['f', '0'].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`);
    for (const id of [high!, low!]) await store.manager.insert(TokenEntity, { ...row, id, secretHash: id });
    const lock = await lockRow(high!);
    const revoked = app.running.app.get(TokenService).revokeAll(ROOT, projectId);
    await until('the revocation waits', async () => (await lockWaits(store)) >= 1);
    const counts = [low!, high!].map((tokenId) => ({ tokenId, requests: 3, lastUsedAt: 1 }));
    const added = sql.add(app.running.app.get(ReplicaIdentity).id, { number: 1000, counts });
    await until('so do the counts', async () => (await lockWaits(store)) >= 2);
    await lock.release();
    expect(await Promise.allSettled([revoked, added])).toMatchObject([
      { status: 'fulfilled', value: { revoked_count: 3 } },
      { status: 'fulfilled' },
    ]);
    for (const id of [low!, high!])
      expect(await app.tokenById(id)).toMatchObject({ request_count: 3, is_active: false });
  });

  /** Another transaction that has a token's row. */
  async function lockRow(id: string): Promise<{ release: () => Promise<void> }> {
    const runner = store.createQueryRunner();
    await runner.startTransaction();
    await runner.manager.findOneOrFail(TokenEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    const release = async () => {
      await runner.rollbackTransaction();
      await runner.release();
    };
    return { release };
  }
});
