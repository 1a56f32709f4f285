import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { seeded } from '../support/seeded.js';
import { MAX_INSTANT } from '../../src/common/values/limits.js';
import { dialectOf } from '../../src/database/dialect/dialect.js';
import { statusNameSql, statusSql } from '../../src/token/status/status.sql.js';
import { TOKEN_STATUSES, tokenStatus } from '../../src/token/status/token.status.js';
import { TokenEntity } from '../../src/token/token.entity.js';

const ROWS = 5000;
const NOW = 1_900_000_000_003;

onEveryStore('statuses of tokens', (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let database: DataSource;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    database = app.running.app.get(DataSource);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  it('are the same in SQL and in code, on random rows', async () => {
    const below = seeded(13);
    const pick = <T>(...values: T[]): T => values[below(values.length)]!;
    const [open, closed, deleted] = [await app.project(), await app.project(), await app.project()];
    await app.manage('PATCH', `/manage/projects/${closed.id}`, { is_active: false });
    await app.manage('DELETE', `/manage/projects/${deleted.id}`);
    const tokens = Array.from({ length: ROWS }, (_, i): Partial<TokenEntity> => {
      const max = pick(null, null, 1, 4, 5, 6, 10, 1 + below(100), Number.MAX_SAFE_INTEGER - 1 - below(9));
      const count =
        max === null ? below(100) : max - pick(-1, 0, 1, 2, Math.trunc(max / 5), Math.trunc(max / 5) + 1, max);
      const createdAt = NOW - pick(0, 1, 5, below(100_000), 1_000_000_000);
      // About a fifth of the lifetime is left, to the millisecond.
      const rest = Math.trunc((NOW - createdAt) / 4) + below(5) - 2;
      return {
        id: randomUUID(),
        projectId: pick(open, open, open, closed, deleted).id,
        secretHash: `sha256:${i}`,
        secretDisplay: '…',
        isActive: below(5) > 0,
        createdAt,
        expiresAt: pick(NOW - 1, NOW, NOW + 1, NOW + rest, NOW + below(1_000_000), MAX_INSTANT),
        maxRequests: max,
        requestCount: Math.max(0, count),
        accountId: null,
      };
    });
    // Some count on another row, with and without room there, and some on a row that is gone.
    const ids = tokens.map(({ id }) => id!);
    for (const token of tokens)
      token.accountId = pick(null, null, null, null, pick(...ids), pick(...ids), randomUUID());
    for (let i = 0; i < ROWS; i += 500) await database.manager.insert(TokenEntity, tokens.slice(i, i + 500));
    const stored = await database.manager.find(TokenEntity);
    expect(stored).toHaveLength(ROWS);

    const sql = statusSql(dialectOf(database));
    const listed = new Map<string, string[]>();
    for (const status of TOKEN_STATUSES) {
      const rows = await database.manager
        .createQueryBuilder(TokenEntity, 'token')
        .select('token.id', 'id')
        .where(sql[status], { now: NOW })
        .getRawMany<{ id: string }>();
      expect([status, rows.length > 20]).toEqual([status, true]);
      for (const { id } of rows) listed.set(id, [...(listed.get(id) ?? []), status]);
    }
    const rows = new Map(stored.map((token) => [token.id, token]));
    const differing = stored.filter((token) => {
      const account = token.accountId === null ? token : rows.get(token.accountId);
      const status = tokenStatus(token, account, token.projectId === open.id, NOW);
      return JSON.stringify(listed.get(token.id)) !== JSON.stringify([status]);
    });
    expect(differing.slice(0, 3)).toEqual([]);
    const named = await database.manager
      .createQueryBuilder(TokenEntity, 'token')
      .select('token.id', 'id')
      .addSelect(statusNameSql(dialectOf(database)), 'status')
      .setParameter('now', NOW)
      .getRawMany<{ id: string; status: string }>();
    expect(named.filter(({ id, status }) => listed.get(id)?.[0] !== status)).toEqual([]);
    expect(named).toHaveLength(ROWS);
    const replaced = new Set(stored.filter(({ accountId }) => accountId && rows.has(accountId)).map(({ id }) => id));
    const statuses = [...listed].filter(([id]) => replaced.has(id)).map(([, [status]]) => status);
    expect(new Set(statuses)).toEqual(new Set(TOKEN_STATUSES.filter((status) => status !== 'active')));
  });
});
