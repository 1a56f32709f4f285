import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { describe, expect, it, vi } from 'vitest';
import { newSecret } from '../../src/token/token.secret.js';
import { goSecret } from '../support/go.database.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';

describe('AU-05 unknown tokens', () => {
  const fixture = ProxyFixture.forTests();

  /** Statements the store gets for requests while `work` runs; the poll for changes goes on beside them. */
  async function statements(work: () => Promise<unknown>): Promise<string[]> {
    const query = vi.spyOn(BetterSqlite3QueryRunner.prototype, 'query');
    try {
      await work();
      return query.mock.calls.map(([sql]) => sql).filter((sql) => !/\b(?:revisions|changes|replicas)\b/.test(sql));
    } finally {
      query.mockRestore();
    }
  }
  const ask = async (token: string) => {
    const response = await fixture.call({ method: 'GET', target: '/v1/models', headers: fixture.headers({ token }) });
    return [response.status, codeOf(response)];
  };

  it('cost one read each the first time, none again, and no byte upstream', async () => {
    const unknown = Array.from({ length: 500 }, newSecret);
    const first = await statements(async () => {
      for (const token of unknown) expect(await ask(token)).toEqual([401, 'token_not_found']);
    });
    expect(first.filter((sql) => sql.startsWith('SELECT'))).toHaveLength(500);
    expect(first).toHaveLength(500);
    const again = await statements(async () => {
      for (const token of unknown.slice(0, 50)) expect(await ask(token)).toEqual([401, 'token_not_found']);
    });
    expect(again).toEqual([]);
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('share one read when they come at once', async () => {
    const token = newSecret();
    const seen = await statements(() => Promise.all(Array.from({ length: 50 }, () => ask(token))));
    expect(seen).toHaveLength(1);
  });

  it('cost nothing when they cannot be ours', async () => {
    const seen = await statements(async () => {
      for (const token of ['sk-proj-abc', goSecret(), `sk-wt-${'0'.repeat(38)}`, `${newSecret()}x`])
        expect(await ask(token)).toEqual([401, 'token_malformed']);
    });
    expect(seen).toEqual([]);
  });

  it('a known uncapped token costs no awaited statement', async () => {
    await fixture.call();
    const seen = await statements(() => fixture.call());
    expect(seen.filter((sql) => sql.startsWith('SELECT'))).toEqual([]);
  });
});
