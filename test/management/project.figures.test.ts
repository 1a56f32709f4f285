import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ListedProjectView } from '../../src/reporting/projects/project.list.dto.js';
import { errors } from '../../src/common/errors/errors.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { operator } from '../support/operators.js';
import { refused } from '../support/refusal.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUARTER = 900_000;

onEveryStore('GET /manage/projects?include=figures', (store) => {
  let fresh: FreshStore;
  let app: TestApp;
  let ids: string[];
  const events = new MemoryEvents();
  beforeAll(async () => {
    fresh = await store.fresh();
    app = await TestApp.start(fresh.variables);
    events.serve(app);
    ids = [];
    for (const name of ['a', 'b', 'c']) ids.push((await app.project({ name })).id);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  beforeEach(() => {
    events.fault = undefined;
    events.clear();
  });

  async function list(query = '', credential?: string): Promise<ListedProjectView[]> {
    const response = await app.manage('GET', `/manage/projects?include=figures${query}`, undefined, credential);
    expect(response.status).toBe(200);
    return (await response.json()) as ListedProjectView[];
  }
  const ofEach = async (query = '') => new Map((await list(query)).map(({ id, figures }) => [id, figures!]));

  it('has zeros for a project without tokens and requests', async () => {
    const [first] = await list();
    expect(first!.figures).toEqual({
      tokens: { active: 0, withering: 0, expired: 0, exhausted: 0, revoked: 0, project_inactive: 0, total: 0 },
      requests_24h: 0,
      requests_24h_by_hour: Array.from({ length: 24 }, () => 0),
      cost_30d_micro_usd: 0,
      unpriced_30d: 0,
    });
    const plain = (await (await app.manage('GET', '/manage/projects')).json()) as ListedProjectView[];
    expect(plain.every((project) => !('figures' in project))).toBe(true);
  });

  it('counts the tokens of each project of the page, by status', async () => {
    const [a, b, c] = ids as [string, string, string];
    for (const project of [a, a, b]) await app.token({ project_id: project });
    const revoked = await app.token({ project_id: a });
    await app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    const all = await ofEach();
    expect([a, b, c].map((id) => all.get(id)!.tokens)).toMatchObject([
      { active: 2, revoked: 1, total: 3 },
      { active: 1, revoked: 0, total: 1 },
      { active: 0, revoked: 0, total: 0 },
    ]);
    const second = await list('&page=2&page_size=1');
    expect(second.map(({ id, figures }) => [id, figures!.tokens.total])).toEqual([[b, 1]]);
    const { token } = await operator(app, { projects: [b] });
    expect((await list('', token)).map(({ id, figures }) => [id, figures!.tokens.active])).toEqual([[b, 1]]);
  });

  it('counts requests by hour, and what 30 days cost', async () => {
    const one = fc.record({
      age: fc.oneof(fc.integer({ min: 0, max: DAY + HOUR }), fc.integer({ min: 0, max: 33 * DAY })),
      project: fc.constantFrom(...ids, undefined),
      nano: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), async (made) => {
        events.clear();
        const now = Date.now();
        for (const { age, project, nano } of made)
          events.add(
            proxyEvent({
              at: new Date(now - age).toISOString(),
              cost: nano === undefined ? { source: 'none' } : { nano_usd: nano, source: 'catalogue' },
              ...(project && { project_id: project }),
            }),
          );
        const start = (Math.floor(now / QUARTER) + 1) * QUARTER - DAY;
        const month = (Math.floor(now / DAY) + 1) * DAY - 30 * DAY;
        const found = await ofEach();
        for (const id of ids) {
          const own = made.filter(({ project }) => project === id);
          const hours = Array.from({ length: 24 }, () => 0);
          for (const { age } of own) {
            const hour = Math.floor((Math.floor((now - age) / QUARTER) * QUARTER - start) / HOUR);
            if (hour >= 0) hours[hour]! += 1;
          }
          const paid = own.filter(({ age }) => now - age >= month);
          expect(found.get(id)).toMatchObject({
            requests_24h: hours.reduce((sum, count) => sum + count, 0),
            requests_24h_by_hour: hours,
            cost_30d_micro_usd: Math.floor((paid.reduce((sum, { nano }) => sum + (nano ?? 0), 0) + 500) / 1000),
            unpriced_30d: paid.filter(({ nano }) => nano === undefined).length,
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has no figures of requests while events cannot be read', async () => {
    for (const fault of [errors.observabilityDisabled(), errors.storeUnavailable()]) {
      events.fault = fault;
      expect((await list())[0]!.figures).toMatchObject({
        tokens: { total: 3 },
        requests_24h: null,
        requests_24h_by_hour: null,
        cost_30d_micro_usd: null,
      });
    }
  });

  it('is an empty list where nothing is found, and refuses other things to include', async () => {
    expect(await list('&search=nothing-has-this-name')).toEqual([]);
    const answer = await refused(app.manage('GET', '/manage/projects?include=tokens'));
    expect(answer).toMatchObject({ status: 400, code: 'validation_failed', fields: ['include'] });
  });
});
