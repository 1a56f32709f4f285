import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { refused } from '../support/refusal.js';
import { indexesOf } from '../support/query.plans.js';
import { ROOT } from '../../src/common/values/actor.js';
import { LabelEntity } from '../../src/project/labels/label.entity.js';
import { TokenLists } from '../../src/token/listing/token.lists.js';
import { TokenPurge } from '../../src/token/retention/token.purge.js';
import type { TokenQuery } from '../../src/token/listing/token.query.js';
import { TokenEntity } from '../../src/token/token.entity.js';

const TOKENS = 20_000;
const DAY = 86_400_000;

onEveryStore('lists of 20,000 tokens', (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let database: DataSource;
  let now: number;
  let projects: string[];
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start({ ...fresh.variables, TOKEN_RETENTION: '30d' });
    database = app.running.app.get(DataSource);
    now = Date.now();
    projects = [];
    for (let i = 0; i < 40; i += 1) projects.push((await app.project()).id);
    for (let from = 0; from < TOKENS; from += 500)
      await database.manager.insert(
        TokenEntity,
        Array.from({ length: 500 }, (_, i) => row(from + i)),
      );
    await database.manager.insert(LabelEntity, [
      { label: 'team=search', subject: 'token', subjectId: idOf(4) },
      { label: 'team=search', subject: 'token', subjectId: idOf(8) },
      { label: 'team=web', subject: 'token', subjectId: idOf(12) },
      { label: 'stage=dev', subject: 'token', subjectId: idOf(8) },
      { label: 'teams=x', subject: 'token', subjectId: idOf(16) },
      { label: 'team=search', subject: 'project', subjectId: idOf(20) },
    ]);
    // So many that the planner does not read them all.
    for (let from = 0; from < TOKENS; from += 500)
      await database.manager.insert(
        LabelEntity,
        Array.from({ length: 500 }, (_, i) => ({
          label: `env=${i % 50}`,
          subject: 'token',
          subjectId: idOf(from + i),
        })),
      );
    if (onStore.driver !== 'sqlite')
      await database.query(`ANALYZE ${onStore.driver === 'mysql' ? 'TABLE ' : ''}tokens, labels`);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  const idOf = (i: number) => `${i.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
  /** By its number: every 4th is active, the others are revoked, expired or nearly used up in turn. */
  const row = (i: number): Partial<TokenEntity> => ({
    id: idOf(i),
    projectId: projects[i % 40]!,
    name: i % 5 === 0 ? null : `Job ${i}`,
    nameLower: i % 5 === 0 ? null : `job ${i}`,
    secretHash: `sha256:${i}`,
    secretDisplay: `sk-wt-${String(i).padStart(4, '0')}…${String(i).slice(-4).padStart(4, '0')}`,
    isActive: i % 4 !== 1,
    createdAt: now - DAY * 100 - i,
    expiresAt: i % 4 === 2 ? now - i - 1 : now + DAY * 100 + i,
    maxRequests: i % 4 === 3 ? 100 : null,
    requestCount: i % 4 === 3 ? 80 + (i % 21) : i,
    lastUsedAt: i % 3 === 0 ? null : now - i * 1000,
    owner: i === 7 ? 'ops' : null,
  });

  const list = async (query: string): Promise<{ numbers: number[]; total: number }> => {
    const answer = await app.manage('GET', `/manage/tokens?${query}`);
    if (answer.status !== 200) throw new Error(await answer.text());
    const tokens = (await answer.json()) as { id: string }[];
    return {
      numbers: tokens.map(({ id }) => Number.parseInt(id.slice(0, 8), 16)),
      total: Number(answer.headers.get('x-total-count')),
    };
  };
  const matching = (holds: (token: Partial<TokenEntity>, i: number) => boolean): number[] =>
    Array.from({ length: TOKENS }, (_, i) => i).filter((i) => holds(row(i), i));

  it.each<[string, (token: Partial<TokenEntity>, i: number) => boolean]>([
    ['status=active', (_, i) => i % 4 === 0],
    ['status=revoked', (_, i) => i % 4 === 1],
    ['status=expired', (_, i) => i % 4 === 2],
    ['status=exhausted', (_, i) => i % 4 === 3 && i % 21 === 20],
    ['status=withering', (_, i) => i % 4 === 3 && i % 21 !== 20],
    ['status=revoked,expired', (_, i) => i % 4 === 1 || i % 4 === 2],
    ['activeOnly=true', (_, i) => i % 4 === 0 || i % 4 === 3],
    ['search=JOB 199', ({ name }) => name?.startsWith('Job 199') ?? false],
    ['search=00000a1', () => false],
    ['search=00000a12', (_, i) => i === 0xa12],
    ['search=00000A12-0000-4', (_, i) => i === 0xa12],
    [`search=${encodeURIComponent('sk-wt-0042…0042')}`, (_, i) => i === 42],
    ['search=sk-wt-0042...0042', (_, i) => i === 42],
    ['name=Job 42', (_, i) => i === 42],
    ['name=job 42', () => false],
    ['owner=ops', (_, i) => i === 7],
    ['label=team', (_, i) => [4, 8, 12].includes(i)],
    ['label=team=search', (_, i) => [4, 8].includes(i)],
    ['label=team=search&label=stage', (_, i) => i === 8],
    ['label=team=', () => false],
  ])('are filtered: %s', async (query, holds) => {
    const expected = matching(holds);
    const { numbers, total } = await list(query);
    expect(total).toBe(expected.length);
    expect(numbers).toEqual(expected.slice(0, 1000));
  });

  it.each(['', '&sort=created_at', '&sort=-expires_at'])(
    'have each token once on pages near the end: %s',
    async (sort) => {
      const pages: number[] = [];
      for (let page = 1; page <= 9; page += 1)
        pages.push(...(await list(`projectId=${projects[0]}&page=${page}&page_size=60${sort}`)).numbers);
      const all: number[] = [];
      for (const page of [100, 101, 102, 150, 199, 200, 201]) {
        const { numbers, total } = await list(`page=${page}&page_size=100${sort}`);
        expect(total).toBe(TOKENS);
        all.push(...numbers);
      }
      expect(new Set(all).size).toBe(600);
      expect(new Set(pages).size).toBe(TOKENS / 40);
    },
  );

  it.each([150, 200])('have the same order on page %i, near the end', async (page) => {
    const { numbers } = await list(`page=${page}&page_size=100`);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => (page - 1) * 100 + i));
  });

  it('are filtered by times', async () => {
    const at = (ms: number) => new Date(ms).toISOString();
    const soon = await list(`status=active&expires_before=${at(now + DAY * 100 + 100)}`);
    expect(soon.numbers).toEqual(matching((_, i) => i % 4 === 0 && i < 100));
    const unused = await list(`projectId=${projects[0]}&unused_since=${at(now - 15_000_000)}`);
    expect(unused.numbers).toEqual(matching((_, i) => i % 40 === 0 && (i % 3 === 0 || i > 15_000)));
    expect((await list(`projectId=${projects[0]}&unused_since=${at(now - DAY * 101)}`)).numbers).toEqual([]);
  });

  it.each<[string, (token: Partial<TokenEntity>) => number | string | null]>([
    ['created_at', ({ createdAt }) => createdAt!],
    ['expires_at', ({ expiresAt }) => expiresAt!],
    ['last_used_at', ({ lastUsedAt }) => lastUsedAt!],
    ['request_count', ({ requestCount }) => requestCount!],
    [
      'remaining_requests',
      ({ maxRequests, requestCount }) => (maxRequests === null ? null : maxRequests! - requestCount!),
    ],
    ['name', ({ nameLower }) => nameLower!],
  ])(
    'are sorted both ways by %s, those without it last, and cut into pages that have each once',
    async (field, value) => {
      const within = matching((_, i) => i % 40 === 3 || i % 40 === 10);
      for (const sort of [field, `-${field}`]) {
        const sign = sort === field ? 1 : -1;
        const expected = within.toSorted((a, b) => {
          const [x, y] = [value(row(a)), value(row(b))];
          if (x === null || y === null) return Number(x === null) - Number(y === null) || (a - b) * sign;
          return (x < y ? -1 : x > y ? 1 : a - b) * sign;
        });
        const pages: number[] = [];
        for (const project of [projects[3], projects[10]])
          for (let page = 1; page <= 4; page += 1)
            pages.push(...(await list(`sort=${sort}&projectId=${project}&page=${page}&page_size=170`)).numbers);
        const of = (project: number) => expected.filter((i) => i % 40 === project);
        expect(pages).toEqual([...of(3), ...of(10)]);
      }
    },
  );

  it.each<[string, TokenQuery]>([
    ['ix_tokens_created_at', {}],
    ['ix_tokens_created_at', { sort: 'created_at' }],
    ['ix_tokens_expires_at', { sort: 'expires_at' }],
    ['ix_tokens_name_lower', { sort: '-name' }],
    ['ix_tokens_project_created', { projectId: 'first' }],
    ['ix_tokens_name_lower', { search: 'Job 199' }],
    ['ix_tokens_name_lower', { name: 'Job 42' }],
    ['ix_tokens_secret_display', { search: 'sk-wt-0042…0042' }],
    ['pk_tokens', { search: '00000a12' }],
    ['ix_tokens_expires_at', { expires_before: new Date(Date.now() - 10_000).toISOString(), sort: 'expires_at' }],
    ['pk_labels', { label: ['team=search'] }],
    ['pk_labels', { label: ['team'] }],
  ])('use %s for %j', async (index, query) => {
    const asked = { ...query, page: 1, page_size: 50, ...(query.projectId && { projectId: projects[0]! }) };
    const indexes = await indexesOf(database, async () => app.running.app.get(TokenLists).page(ROOT, asked));
    expect(indexes[0]).toContain(index);
  });

  it('that end are found for the purge by their times', async () => {
    const indexes = await indexesOf(database, async () => app.running.app.get(TokenPurge).purge());
    expect(indexes.flat()).toEqual(expect.arrayContaining(['ix_tokens_expires_at', 'ix_tokens_active_deactivated']));
  });

  it.each([
    ['status=gone', 'status'],
    ['status=active,active', 'status'],
    ['status=', 'status'],
    ['status=active&activeOnly=true', 'activeOnly'],
    ['search=', 'search'],
    ['search=a&search=b', 'search'],
    ['search=sk-wt-0123456789', 'search'],
    ['name=SK-0123456789', 'name'],
    [`search=${'x'.repeat(121)}`, 'search'],
    ['search=a%00b', 'search'],
    ['unused_since=yesterday', 'unused_since'],
    ['expires_before=2027-02-30T00:00:00Z', 'expires_before'],
    ['label=Team', 'label'],
    ['label==x', 'label'],
    ['sort=owner', 'sort'],
    ['sort=', 'sort'],
  ])('are refused for what is no filter: %s', async (query, field) => {
    expect(await refused(app.manage('GET', `/manage/tokens?${query}`))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });
});
