import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errors } from '../../src/common/errors/errors.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { OverviewService } from '../../src/reporting/overview/overview.service.js';
import type { OverviewView } from '../../src/reporting/overview/overview.dto.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { operator } from '../support/operators.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { until } from '../support/until.js';

const QUARTER = 900_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Makes the next answer a new one. */
function forget(app: TestApp): void {
  const service = app.running.app.get(OverviewService, { strict: false });
  (service as unknown as { kept: { kept: Map<string, unknown> } }).kept.kept.clear();
}

async function overviewOf(app: TestApp, credential?: string): Promise<OverviewView> {
  forget(app);
  const answer = await app.manage('GET', '/manage/overview', undefined, credential);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  return (await answer.json()) as OverviewView;
}

onEveryStore('GET /manage/overview', (store) => {
  let fresh: FreshStore;
  let app: TestApp;
  const events = new MemoryEvents();
  beforeAll(async () => {
    fresh = await store.fresh();
    app = await TestApp.start(fresh.variables);
    events.serve(app);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  beforeEach(() => {
    events.fault = undefined;
    events.clear();
  });

  it('of an empty store has zeros and 24 hours', async () => {
    const { points, at, ...rest } = await overviewOf(app);
    expect(rest).toMatchObject({
      projects: { active: 0, total: 0 },
      tokens: { active: 0, withering: 0, expired: 0, exhausted: 0, revoked: 0, project_inactive: 0, total: 0 },
      requests_24h: 0,
      cost_24h_micro_usd: 0,
      running: 0,
      ends: [],
      withering: [],
    });
    expect(points).toHaveLength(24);
    const last = Date.parse(points.at(-1)!.at) + HOUR;
    expect(last - Date.parse(at)).toBeGreaterThan(0);
    expect(last - Date.parse(at)).toBeLessThanOrEqual(QUARTER);
  });

  it('counts each token once, and names the withering ones by their end', async () => {
    const [open, closed, gone] = [await app.project(), await app.project(), await app.project()];
    const token = async (project: { id: string }, more: object = {}): Promise<TokenAnswer> =>
      app.token({ project_id: project.id, ...more });
    await token(open);
    const revoked = await token(open);
    await app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    const later = await token(open, { name: 'later', duration_minutes: 120 });
    const sooner = await token(open, { name: 'sooner', duration_minutes: 60 });
    for (const [one, overlap] of [
      [later, 100],
      [sooner, 50],
    ] as const)
      await app.manage('POST', `/manage/tokens/${one.id}/replace`, { overlap_minutes: overlap });
    await token(closed);
    await token(gone);
    await app.manage('PATCH', `/manage/projects/${closed.id}`, { is_active: false });
    await app.manage('DELETE', `/manage/projects/${gone.id}`);
    const { projects, tokens, withering } = await overviewOf(app);
    expect(projects).toEqual({ active: 1, total: 2 });
    expect(tokens).toEqual({
      active: 3,
      withering: 2,
      expired: 0,
      exhausted: 0,
      revoked: 2,
      project_inactive: 1,
      total: 8,
    });
    expect(withering.map(({ name, status }) => [name, status])).toEqual([
      ['sooner', 'withering'],
      ['later', 'withering'],
    ]);
    const viewer = await operator(app, { role: 'viewer', projects: [closed.id] });
    const own = await overviewOf(app, viewer.token);
    expect([own.projects, own.tokens.total, own.withering]).toEqual([{ active: 0, total: 1 }, 1, []]);
  });

  it('agrees with the list of tokens, whatever their statuses', async () => {
    const { tokens } = await overviewOf(app);
    for (const [status, count] of Object.entries(tokens)) {
      const filter = status === 'total' ? '' : `status=${status}&`;
      const list = await app.manage('GET', `/manage/tokens?${filter}page_size=1`);
      expect([status, Number(list.headers.get('x-total-count'))]).toEqual([status, count]);
    }
  });

  it('is the count of the events, by hour and end', async () => {
    const { id: own } = await app.project();
    const { id: foreign } = await app.project();
    const { token: viewer } = await operator(app, { role: 'viewer', projects: [own] });
    const one = fc.record({
      age: fc.integer({ min: 0, max: 3 * DAY }),
      project: fc.constantFrom(own, foreign, undefined),
      end: fc.constantFrom<ProxyEvent['end']>('ok', 'client', 'limit', 'upstream', 'auth', 'crash'),
      status: fc.constantFrom(200, 404, 500),
      nano: fc.integer({ min: 0, max: 10_000_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 30 }), async (made) => {
        events.clear();
        const now = Date.now();
        const all = made.map(({ age, project, end, status, nano }) =>
          proxyEvent({
            at: new Date(now - age).toISOString(),
            end,
            status,
            cost: { nano_usd: nano, source: 'catalogue' },
            ...(project && { project_id: project }),
          }),
        );
        events.add(...all);
        expectCount(await overviewOf(app), all);
        expectCount(
          await overviewOf(app, viewer),
          all.filter(({ project_id: project }) => project === own),
        );
      }),
      { numRuns: 20 },
    );
  });

  function expectCount(view: OverviewView, all: readonly ProxyEvent[]): void {
    const start = Date.parse(view.points[0]!.at);
    const within = (from: number, to: number) => all.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) < to);
    const [now, before] = [within(start, start + DAY), within(start - DAY, start)];
    const cost = (some: readonly ProxyEvent[]) =>
      Math.floor((some.reduce((sum, event) => sum + event.cost!.nano_usd!, 0) + 500) / 1000);
    const endOf = ({ end, status = 0 }: ProxyEvent) => (end === 'ok' && status >= 400 ? 'error_response' : end);
    expect([view.requests_24h, view.requests_before]).toEqual([now.length, before.length]);
    expect([view.cost_24h_micro_usd, view.cost_before_micro_usd]).toEqual([cost(now), cost(before)]);
    expect(view.failed_24h).toBe(now.filter((event) => endOf(event) !== 'ok').length);
    for (const { at, values } of view.points) {
      const expected: Record<string, number> = {};
      for (const event of within(Date.parse(at), Date.parse(at) + HOUR))
        expected[endOf(event)] = (expected[endOf(event)] ?? 0) + 1;
      expect(values).toEqual(expected);
    }
    const failed = Object.fromEntries(view.ends.map(({ end, count }) => [end, count]));
    expect(Object.values(failed).reduce((sum, count) => sum + count, 0)).toBe(view.failed_24h);
    expect(view.ends).toEqual(view.ends.toSorted((a, b) => b.count - a.count));
  }

  it('keeps its figures for a moment, and has none while events cannot be read', async () => {
    await overviewOf(app);
    events.add(proxyEvent({ at: new Date().toISOString() }));
    const again = (await (await app.manage('GET', '/manage/overview')).json()) as OverviewView;
    expect(again.requests_24h).toBe(0);
    expect((await overviewOf(app)).requests_24h).toBe(1);
    events.fault = new Error('away');
    forget(app);
    expect((await app.manage('GET', '/manage/overview')).status).toBe(500);
    events.fault = errors.storeUnavailable();
    expect(await overviewOf(app)).toMatchObject({ requests_24h: null, points: [], projects: { total: 4 } });
  });
});

describe('GET /manage/overview', () => {
  it('has no figures of requests while events are off, nor of metrics', async () => {
    const app = await TestApp.start({ OBSERVABILITY_ENABLED: 'false', ENABLE_METRICS: 'false' });
    await app.token();
    const view = await overviewOf(app);
    expect(view).toMatchObject({
      projects: { active: 1, total: 1 },
      tokens: { active: 1 },
      requests_24h: null,
      cost_24h_micro_usd: null,
      points: [],
      ends: [],
    });
    expect(view).not.toHaveProperty('overhead_p50_ms');
    await app.close();
  });
});

onEveryStore('the overview of real requests', (store) => {
  const fixture = ProxyFixture.forTests({}, store);

  it('has them by end, with what the proxy adds', async () => {
    const token = await fixture.app.token();
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
    expect((await fixture.call({ headers: [] })).status).toBe(401);
    let view!: OverviewView;
    await until('both requests', async () => (view = await overviewOf(fixture.app)).requests_24h === 2, 20_000);
    expect([view.failed_24h, view.ends]).toEqual([1, [{ end: 'auth', count: 1 }]]);
    const values = view.points.map((point) => point.values).filter((one) => Object.keys(one).length > 0);
    expect(values).toEqual([{ ok: 1, auth: 1 }]);
    expect(view.overhead_p50_ms).toBeGreaterThan(0);
    expect(view.overhead_p99_ms).toBeGreaterThanOrEqual(view.overhead_p50_ms!);
    expect(Date.parse(view.overhead_since!)).toBeLessThan(Date.now());
  });
});
