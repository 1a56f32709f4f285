import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { refused } from '../support/refusal.js';
import { MAX_SCAN } from '../../src/token/listing/token.lists.js';

describe('lists of more tokens than SQLite reads for one', () => {
  let app: TestApp;
  let projectId: string;
  beforeAll(async () => {
    app = await TestApp.start();
    projectId = (await app.project()).id;
    const { id } = await app.project();
    await app.running.app.get(DataSource).query(
      `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MAX_SCAN})
       INSERT INTO tokens (id, project_id, name_lower, secret_hash, secret_display, is_active, expires_at, created_at)
       SELECT printf('%08x-0000-4000-8000-000000000000', n), ?, 'job', 'sha256:' || n, '…', 0, 1, n FROM numbers`,
      [id],
    );
    for (const name of ['one', 'two']) await app.token({ project_id: projectId, name, max_requests: 5 });
  });
  afterAll(() => app.close());

  it.each([
    ['sort=request_count', 'sort'],
    ['sort=-last_used_at', 'sort'],
    ['status=active', 'status'],
    ['status=withering,revoked', 'status'],
    ['owner=ops', 'owner'],
    ['unused_since=2026-01-01T00:00:00Z&activeOnly=false', 'unused_since'],
  ])('are refused when they would read all: %s', async (query, field) => {
    const refusal = await refused(app.manage('GET', `/manage/tokens?${query}`));
    expect(refusal).toMatchObject({ status: 400, code: 'validation_failed', fields: [field] });
    expect(refusal.message).toBe(`${field} needs a filter that leaves at most ${MAX_SCAN} tokens, such as projectId`);
  });

  it.each([
    ['', MAX_SCAN + 2],
    ['sort=name', MAX_SCAN + 2],
    ['sort=-expires_at', MAX_SCAN + 2],
    ['activeOnly=true', 2],
    ['status=revoked', MAX_SCAN],
    ['search=job', MAX_SCAN],
    ['search=on', 1],
  ])('are answered when an index has them: %s', async (query, total) => {
    const answer = await app.manage('GET', `/manage/tokens?page=1&page_size=10&${query}`);
    expect([answer.status, answer.headers.get('x-total-count')]).toEqual([200, String(total)]);
  });

  it.each(['status=active', 'sort=-request_count', 'owner=ops', 'status=withering&sort=remaining_requests'])(
    'are answered when a filter leaves few: %s',
    async (query) => {
      expect((await app.manage('GET', `/manage/tokens?projectId=${projectId}&${query}`)).status).toBe(200);
    },
  );
});
