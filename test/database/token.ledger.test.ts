import fc from 'fast-check';
import { DataSource, type EntityManager, TypeORMError } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { ApiError } from '../../src/common/errors/api.error.js';
import { Clock } from '../../src/common/values/clock.js';
import { type AdmittedToken, LedgerSql } from '../../src/token/ledger/ledger.sql.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TokenLedger } from '../../src/token/ledger/token.ledger.js';
import { RequestCounter } from '../../src/token/ledger/request.counter.js';

onEveryStore(TokenLedger.name, (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let projectId: string;
  let ledger: TokenLedger;
  let sql: LedgerSql;
  let database: EntityManager;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    projectId = (await app.project()).id;
    ledger = app.running.app.get(TokenLedger);
    sql = app.running.app.get(LedgerSql);
    database = app.running.app.get(DataSource).manager;
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  afterEach(() => vi.restoreAllMocks());

  const capped = (max_requests: number, fields = {}) => app.token({ project_id: projectId, max_requests, ...fields });
  /** `granted`, or the code of the refusal. */
  const outcome = (take: Promise<unknown>) =>
    take.then(
      () => 'granted',
      (error: unknown) => (error as ApiError).code,
    );
  /** What memory would know of a token now. */
  const judged = async (id: string): Promise<AdmittedToken> => {
    const token = await database.findOne(TokenEntity, { where: { id }, relations: { project: true } });
    const { revision = 0, project, accountId } = token ?? {};
    return { id, revision, projectRevision: project?.revision ?? 0, accountId: accountId ?? undefined };
  };
  const takes = async (id: string, count: number) => {
    const token = await judged(id);
    return Promise.all(Array.from({ length: count }, () => outcome(ledger.take(token))));
  };
  const tally = (outcomes: string[]) =>
    Object.fromEntries(
      [...new Set(outcomes)].toSorted().map((what) => [what, outcomes.filter((one) => one === what).length]),
    );
  const count = async (id: string) => (await app.tokenById(id)).request_count;

  it('grants exactly min(cap, takes), however they arrive', async () => {
    const waves = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), waves, async (cap, sizes) => {
        const { id } = await capped(cap);
        const running: Promise<string[]>[] = [];
        for (const size of sizes) {
          running.push(takes(id, size));
          if (size % 2 === 0) await Promise.resolve();
          if (size % 3 === 0) await Promise.all(running);
        }
        const outcomes = (await Promise.all(running)).flat();
        const granted = Math.min(cap, outcomes.length);
        expect(outcomes.filter((one) => one === 'granted')).toHaveLength(granted);
        expect(outcomes.filter((one) => one === 'token_exhausted')).toHaveLength(outcomes.length - granted);
        expect(await count(id)).toBe(granted);
      }),
      { numRuns: 40 },
    );
  });

  it('grants what is given back, and never more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 10 }), async (cap, wanted) => {
        const { id } = await capped(cap);
        await takes(id, cap);
        const given = Math.min(cap, wanted);
        const gifts = Promise.all(Array.from({ length: given }, () => ledger.giveBack(id)));
        const [meanwhile] = await Promise.all([takes(id, 5), gifts]);
        const more = [...meanwhile, ...(await takes(id, 20))].filter((one) => one === 'granted');
        expect(more).toHaveLength(given);
        expect(await count(id)).toBe(cap);
      }),
      { numRuns: 30 },
    );
  });

  it('never counts below zero', async () => {
    const { id } = await capped(2);
    await ledger.giveBack(id);
    expect(await count(id)).toBe(0);
  });

  it('combines the takes of a hot token: far fewer statements than requests', async () => {
    const { id } = await capped(1000);
    const take = vi.spyOn(sql, 'take');
    expect(tally(await takes(id, 200))).toEqual({ granted: 200 });
    expect(take.mock.calls.length).toBeLessThanOrEqual(3);
    expect(take.mock.calls.reduce((sum, [, wanted]) => sum + wanted, 0)).toBe(200);
  });

  it('keeps tokens apart', async () => {
    const tokens = [await capped(3), await capped(5), await capped(7)];
    const outcomes = await Promise.all(tokens.map(({ id }) => takes(id, 10)));
    expect(outcomes.map((one) => tally(one)['granted'])).toEqual([3, 5, 7]);
  });

  it('refuses takes under revocation, expiry, deactivation and deletion, and counts nothing', async () => {
    const [revoked, expiring, closed] = [
      await capped(5),
      await capped(5, { duration_minutes: 1 }),
      await app.token({ max_requests: 5 }),
    ];
    await app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    await app.manage('PATCH', `/manage/projects/${closed.project_id}`, { is_active: false });
    expect(tally(await takes(revoked.id, 3))).toEqual({ token_inactive: 3 });
    expect(tally(await takes(closed.id, 3))).toEqual({ project_inactive: 3 });
    await app.manage('DELETE', `/manage/projects/${closed.project_id}`);
    expect(tally(await takes(closed.id, 3))).toEqual({ token_inactive: 3 });
    // The database's clock decides, where it has one of its own: the row is moved instead.
    await database.update(TokenEntity, { id: expiring.id }, { expiresAt: Date.now() - 1 });
    expect(tally(await takes(expiring.id, 3))).toEqual({ token_expired: 3 });
    for (const { id } of [revoked, expiring, closed]) expect(await count(id)).toBe(0);
    expect(tally(await takes('3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10', 2))).toEqual({ token_not_found: 2 });
  });

  it.runIf(onStore.driver !== 'sqlite')('refuses a token as expired by the clock that decided it', async () => {
    const { id } = await capped(5);
    await database.update(TokenEntity, { id }, { expiresAt: Date.now() - 1 });
    vi.spyOn(app.running.app.get(Clock), 'now').mockReturnValue(Date.now() - 60_000);
    expect(tally(await takes(id, 2))).toEqual({ token_expired: 2 });
    await database.update(TokenEntity, { id }, { expiresAt: Date.now() + 60_000, requestCount: 5 });
    vi.spyOn(app.running.app.get(Clock), 'now').mockReturnValue(Date.now() + 120_000);
    expect(tally(await takes(id, 2))).toEqual({ token_exhausted: 2 });
  });

  it('grants nothing after a revocation that overtakes the takes', async () => {
    const { id } = await capped(100);
    const [before, , after] = await Promise.all([
      takes(id, 10),
      app.manage('DELETE', `/manage/tokens/${id}`).then(() => undefined),
      takes(id, 10),
    ]);
    const granted = [...before, ...after].filter((one) => one === 'granted').length;
    expect(await count(id)).toBe(granted);
    expect(tally(await takes(id, 5))).toEqual({ token_inactive: 5 });
  });

  it('grants nothing when the outcome of a statement is unknown, and serves the next take', async () => {
    const { id } = await capped(100);
    const take = sql.take.bind(sql);
    const token = await judged(id);
    let late: Promise<string>[] = [];
    // The statement was committed, its reply lost. Other takes have come meanwhile, and wait for the same database.
    vi.spyOn(sql, 'take').mockImplementationOnce(async (...values) => {
      late = Array.from({ length: 5 }, () => outcome(ledger.take(token)));
      await take(...values);
      throw new TypeORMError('the connection was lost');
    });
    expect(tally(await takes(id, 10))).toEqual({ store_unavailable: 10 });
    expect(tally(await Promise.all(late))).toEqual({ store_unavailable: 5 });
    expect(await count(id)).toBe(10);
    vi.spyOn(sql, 'take').mockRejectedValue(new TypeORMError('the database is down'));
    expect(tally(await takes(id, 10))).toEqual({ store_unavailable: 10 });
    vi.restoreAllMocks();
    expect(tally(await takes(id, 3))).toEqual({ granted: 3 });
    expect(await count(id)).toBe(13);
  });

  it('A3 lets no request wait longer than the limit, look-up and take together, and gives back what is granted later', async () => {
    const { id } = await capped(100);
    const token = await judged(id);
    const take = sql.take.bind(sql);
    let respond!: () => void;
    const response = new Promise<void>((resolve) => (respond = resolve));
    vi.spyOn(sql, 'take').mockImplementationOnce(async (...values) => {
      const granted = await take(...values);
      await response;
      return granted;
    });
    const patient = Array.from({ length: 3 }, () => outcome(ledger.take(token)));
    const late = Array.from({ length: 7 }, () => outcome(ledger.take(token, 1e6)));
    expect(tally(await Promise.all(late))).toEqual({ store_unavailable: 7 });
    respond();
    expect(tally(await Promise.all(patient))).toEqual({ granted: 3 });
    await until('they are given back', async () => (await count(id)) === 3);
  });

  it('A3 refuses in time a request that waits behind a slow statement', async () => {
    const { id } = await capped(100);
    const token = await judged(id);
    let respond!: () => void;
    const response = new Promise<void>((resolve) => (respond = resolve));
    let waiting: Promise<string> | undefined;
    vi.spyOn(sql, 'take').mockImplementationOnce(async () => {
      waiting = outcome(ledger.take(token, 1e6));
      await response;
      return { granted: 1, left: undefined };
    });
    const first = outcome(ledger.take(token));
    await until('the statement runs', () => waiting !== undefined);
    expect(await waiting).toBe('store_unavailable');
    respond();
    expect(await first).toBe('granted');
    expect(tally(await takes(id, 2))).toEqual({ granted: 2 });
  });

  it('a refusal because of the database asks to try again; it is never a 401', async () => {
    const { id } = await capped(1);
    vi.spyOn(sql, 'take').mockRejectedValue(new Error('anything at all'));
    await expect(ledger.take(await judged(id))).rejects.toMatchObject({
      status: 503,
      code: 'store_unavailable',
      retry: true,
      retryAfterMs: 1000,
    });
  });

  it('keeps a take counted that cannot be given back, and logs it', async () => {
    const { id } = await capped(1);
    await ledger.take(await judged(id));
    vi.spyOn(sql, 'giveBack').mockRejectedValue(new TypeORMError('the database is down'));
    await ledger.giveBack(id);
    expect(await count(id)).toBe(1);
    expect(app.log).toContain('a request could not be given back to its token');
  });

  it('counts against a cap what was used before the cap and is not written yet', async () => {
    const { id } = await app.token({ project_id: projectId });
    const usage = app.running.app.get(RequestCounter);
    await app.manage('PATCH', `/manage/tokens/${id}`, { max_requests: 3 });
    usage.count(id);
    usage.count(id);
    expect(usage.hasUnwritten(id)).toBe(true);
    expect(tally(await takes(id, 3))).toEqual({ granted: 1, token_exhausted: 2 });
    expect(await count(id)).toBe(3);
  });
});
