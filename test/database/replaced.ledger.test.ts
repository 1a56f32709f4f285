import fc from 'fast-check';
import { DataSource, type EntityManager, type ObjectLiteral, TypeORMError } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import type { ApiError } from '../../src/common/errors/api.error.js';
import { DatabaseUnreachable } from '../../src/database/dialect/database.error.js';
import { ReplicaIdentity } from '../../src/replicas/replica.identity.js';
import { type AdmittedToken, LedgerSql } from '../../src/token/ledger/ledger.sql.js';
import { TokenChanged } from '../../src/token/token.authenticator.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TokenLedger } from '../../src/token/ledger/token.ledger.js';

onEveryStore('the ledger of a token that is replaced', (onStore) => {
  let fresh: FreshStore;
  let apps: TestApp[];
  let app: TestApp;
  let projectId: string;
  let sql: LedgerSql;
  let database: EntityManager;
  let batches = 1000;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    // Another replica, where the database allows one.
    apps = onStore.driver === 'sqlite' ? [app] : [app, await TestApp.start(fresh.variables)];
    projectId = (await app.project()).id;
    sql = app.running.app.get(LedgerSql);
    database = app.running.app.get(DataSource).manager;
  });
  afterAll(async () => {
    for (const one of apps) await one.close();
    await fresh.drop();
  });
  afterEach(() => vi.restoreAllMocks());

  const capped = (max_requests: number | null) => app.token({ project_id: projectId, max_requests });
  const replaced = async (id: string) => {
    const answer = await app.manage('POST', `/manage/tokens/${id}/replace`, { overlap_minutes: 60 });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string };
  };
  const row = (id: string) => database.findOneByOrFail(TokenEntity, { id });
  /** What memory would know of a token now. */
  const judged = async (id: string): Promise<AdmittedToken> => {
    const token = await database.findOneOrFail(TokenEntity, { where: { id }, relations: { project: true } });
    const { revision, accountId } = token;
    return { id, revision, projectRevision: token.project!.revision, accountId: accountId ?? undefined };
  };
  /** As the admission does: judged again when the token has changed, and refused while the database is busy. */
  const take = async (of: TestApp, id: string): Promise<string> => {
    const ledger = of.running.app.get(TokenLedger);
    for (;;)
      try {
        await ledger.take(await judged(id));
        return 'granted';
      } catch (error) {
        if (error instanceof DatabaseUnreachable || error instanceof TypeORMError) return 'store_unavailable';
        if (!(error instanceof TokenChanged)) return (error as ApiError).code;
      }
  };
  const add = async (counts: readonly { tokenId: string; requests: number; lastUsedAt: number }[]) => {
    batches += 1;
    const batch = { number: batches, counts };
    await sql.add(app.running.app.get(ReplicaIdentity).id, batch);
    await sql.add(app.running.app.get(ReplicaIdentity).id, batch);
  };

  it('grants exactly the cap over all of its secrets and replicas, replaced once and again meanwhile', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 5, max: 30 }));
    await fc.assert(
      fc.asyncProperty(sizes, async ([cap, wave]) => {
        const ids = [(await capped(cap)).id];
        const spend = () =>
          ids.flatMap((id) => Array.from({ length: wave }, (_, i) => take(apps[i % apps.length]!, id)));
        const running = spend();
        for (let n = 0; n < 2; n += 1) {
          ids.push((await replaced(ids.at(-1)!)).id);
          running.push(...spend());
        }
        const outcomes = await Promise.all(running);
        const undecided = outcomes.filter((one) => one === 'store_unavailable').length;
        const granted = outcomes.filter((one) => one === 'granted').length;
        const wanted = Math.min(cap, outcomes.length);
        const { requestCount } = await row(ids.at(-1)!);
        expect(requestCount).toBeLessThanOrEqual(cap);
        expect(granted).toBeLessThanOrEqual(requestCount);
        expect(granted).toBeGreaterThanOrEqual(wanted - undecided);
        expect(outcomes.filter((one) => !['granted', 'store_unavailable', 'token_exhausted'].includes(one))).toEqual(
          [],
        );
      }),
      { numRuns: 8 },
    );
  });

  it('refuses a take that was judged before the replacement, and counts nothing for it', async () => {
    const { id } = await capped(5);
    const before = await judged(id);
    const next = await replaced(id);
    await expect(app.running.app.get(TokenLedger).take(before)).rejects.toBeInstanceOf(TokenChanged);
    const replacedToken = await judged(id);
    expect(replacedToken.accountId).toBe(next.id);
    await replaced(next.id);
    await expect(app.running.app.get(TokenLedger).take(replacedToken)).rejects.toBeInstanceOf(TokenChanged);
    expect([(await row(id)).requestCount, (await row(next.id)).requestCount]).toEqual([0, 0]);
  });

  it('gives back where a take is counted now, over two replacements, and once', async () => {
    const first = await capped(5);
    expect([await take(app, first.id), await take(app, first.id)]).toEqual(['granted', 'granted']);
    const second = await replaced(first.id);
    const third = await replaced(second.id);
    const ledger = app.running.app.get(TokenLedger);
    await ledger.giveBack(first.id);
    expect((await row(third.id)).requestCount).toBe(1);
    await ledger.giveBack(second.id);
    await ledger.giveBack(first.id);
    expect((await row(third.id)).requestCount).toBe(0);
    expect([(await row(first.id)).requestCount, (await row(second.id)).requestCount]).toEqual([2, 2]);
  });

  it('adds a batch once, to the accounts of its tokens, and the last use to their own rows', async () => {
    const [first, other] = [await capped(null), await capped(null)];
    const second = await replaced(first.id);
    const third = await replaced(second.id);
    await add([
      { tokenId: first.id, requests: 3, lastUsedAt: 7000 },
      { tokenId: other.id, requests: 2, lastUsedAt: 8000 },
    ]);
    expect(await row(third.id)).toMatchObject({ requestCount: 3, lastUsedAt: null });
    expect(await row(first.id)).toMatchObject({ requestCount: 0, lastUsedAt: 7000 });
    expect(await row(other.id)).toMatchObject({ requestCount: 2, lastUsedAt: 8000 });
    await add([
      { tokenId: second.id, requests: 1, lastUsedAt: 9000 },
      { tokenId: first.id, requests: -1, lastUsedAt: 0 },
      { tokenId: third.id, requests: 4, lastUsedAt: 6000 },
    ]);
    expect(await row(third.id)).toMatchObject({ requestCount: 7, lastUsedAt: 6000 });
    expect([(await row(first.id)).lastUsedAt, (await row(second.id)).lastUsedAt]).toEqual([7000, 9000]);
  });

  it('does not deadlock: batches, takes and replacements of the same tokens', async () => {
    const chains = await Promise.all(Array.from({ length: 4 }, async () => [(await capped(null)).id]));
    const counts = () => chains.flat().map((tokenId) => ({ tokenId, requests: 1, lastUsedAt: 1 }));
    let wanted = 0;
    for (let n = 0; n < 4; n += 1) {
      const batch = counts();
      wanted += batch.length;
      const adding = add(batch);
      await Promise.all(chains.map(async (ids) => ids.push((await replaced(ids.at(-1)!)).id)));
      await adding;
    }
    let sum = 0;
    for (const ids of chains) sum += (await row(ids.at(-1)!)).requestCount;
    expect(sum).toBe(wanted);
  });

  it.runIf(onStore.driver === 'mysql')(
    'relies on no order of assignments in the take of a replaced token either',
    async () => {
      const { id } = await capped(7);
      const next = await replaced(id);
      const replacedToken = await judged(id);
      const store = app.running.app.get(DataSource);
      const query = store.query.bind(store);
      vi.spyOn(store, 'query').mockImplementation((text: string, values?: ObjectLiteral | unknown[]) =>
        query(
          text
            .replace('UPDATE tokens SET', 'UPDATE tokens JOIN (SELECT 1 AS one) AS other SET')
            .replace('WHERE id =', 'WHERE tokens.id ='),
          values as never,
        ),
      );
      expect((await sql.take(replacedToken, 5, 0)).granted).toBe(5);
      expect((await sql.take(replacedToken, 5, 0)).granted).toBe(2);
      expect((await sql.take(replacedToken, 5, 0)).granted).toBe(0);
      await until('it is counted', async () => (await row(next.id)).requestCount === 7);
    },
  );
});
