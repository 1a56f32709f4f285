import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProjectAnswer, TestApp, type TokenAnswer } from '../support/app.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { refused } from '../support/refusal.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import type { UsageView } from '../../src/reporting/usage/usage.dto.js';

const NOV = 'from=2026-11-01&to=2026-12-01';

describe('GET /manage/usage', () => {
  let app: TestApp;
  const events = new MemoryEvents();
  beforeAll(async () => {
    app = await TestApp.start();
    events.serve(app);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    events.fault = undefined;
    events.clear();
  });

  async function usage(query: string): Promise<UsageView> {
    const answer = await app.manage('GET', `/manage/usage?${query}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return (await answer.json()) as UsageView;
  }
  const called = (at: string, nanoUsd: number, fields: Parameters<typeof proxyEvent>[0] = {}) =>
    proxyEvent({
      at,
      model: 'gpt-5.6',
      usage: { source: 'provider', input: 100, cached: 40, output: 20, reasoning: 5 },
      cost: { nano_usd: nanoUsd, source: 'catalogue' },
      ...fields,
    });

  it('sums requests, tokens and cost', async () => {
    events.add(called('2026-11-02T10:00:00Z', 1_500_000), called('2026-11-02T11:00:00Z', 2_500_400));
    events.add(
      proxyEvent({
        at: '2026-11-03T00:00:00Z',
        status: 429,
        end: 'limit',
        usage: { source: 'none', reason: 'refused' },
      }),
    );
    const { totals, points, rows, series, ...rest } = await usage(`${NOV}&interval=day`);
    expect(totals).toEqual({
      requests: 3,
      failed: 1,
      input_tokens: 200,
      cached_input_tokens: 80,
      output_tokens: 40,
      reasoning_tokens: 10,
      cost_micro_usd: 4000,
      estimated_requests: 0,
      estimated_input_tokens: 0,
      estimated_output_tokens: 0,
      estimated_cost_micro_usd: 0,
      unpriced_requests: 0,
      unknown_requests: 1,
    });
    expect(series).toEqual([{ key: 'all', name: 'All requests' }]);
    expect(rows).toEqual([{ key: 'all', name: 'All requests', ...totals }]);
    expect(points).toHaveLength(30);
    expect(points[1]).toEqual({ at: '2026-11-02T00:00:00.000Z', values: { all: 4000 } });
    expect(points[0]).toEqual({ at: '2026-11-01T00:00:00.000Z', values: {} });
    expect(rest).toEqual({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-12-01T00:00:00.000Z',
      tz: 'UTC',
      interval: 'day',
      estimated_requests: 0,
      unpriced_requests: 0,
      prices_as_of: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    });
  });

  it('sums estimates and requests without a price apart', async () => {
    events.add(called('2026-11-02T10:00:00Z', 5000, { usage: { source: 'estimated', input: 7, output: 3 } }));
    events.add(called('2026-11-02T10:00:00Z', 0, { cost: { source: 'none' } }));
    const { totals, estimated_requests, unpriced_requests } = await usage(NOV);
    expect([estimated_requests, unpriced_requests]).toEqual([1, 1]);
    expect(totals).toMatchObject({
      input_tokens: 100,
      cost_micro_usd: 0,
      estimated_input_tokens: 7,
      estimated_output_tokens: 3,
      estimated_cost_micro_usd: 5,
    });
  });

  describe('names', () => {
    let project: ProjectAnswer;
    let gone: ProjectAnswer;
    let named: TokenAnswer;
    let unnamed: TokenAnswer;
    beforeAll(async () => {
      project = await app.project({ name: 'Search team' });
      gone = await app.project({ name: 'Gone team' });
      named = await app.token({ project_id: project.id, name: 'nightly' });
      unnamed = await app.token({ project_id: gone.id });
      await app.manage('DELETE', `/manage/projects/${gone.id}`);
    });
    beforeEach(() => {
      events.add(called('2026-11-02T10:00:00Z', 3000, { project_id: project.id, token_id: named.id }));
      events.add(called('2026-11-02T10:00:00Z', 2000, { project_id: gone.id, token_id: unnamed.id }));
      events.add(called('2026-11-02T10:00:00Z', 1000));
    });

    it('are those of projects, deleted ones too', async () => {
      expect((await usage(`${NOV}&group_by=project`)).series).toEqual([
        { key: project.id, name: 'Search team' },
        { key: gone.id, name: 'Gone team' },
        { key: 'none', name: 'No project' },
      ]);
    });

    it('are those of tokens, or their display form', async () => {
      const { series } = await usage(`${NOV}&group_by=token`);
      expect(series).toEqual([
        { key: named.id, name: 'nightly' },
        { key: unnamed.id, name: expect.stringMatching(/^sk-wt-.*…/) },
        { key: 'none', name: 'No token' },
      ]);
    });

    it('filters by project, token and model', async () => {
      const requests = async (query: string) => (await usage(`${NOV}&${query}`)).totals.requests;
      expect(await requests(`project_id=${project.id.toUpperCase()}`)).toBe(1);
      expect(await requests(`token_id=${unnamed.id}`)).toBe(1);
      expect(await requests('model=gpt-5.6')).toBe(3);
      expect(await requests('model=gpt-4')).toBe(0);
    });
  });

  it('sums what is beyond the largest in `other`, and models without a list price too', async () => {
    for (const [model, nanoUsd] of [
      ['a', 5000],
      ['b', 3000],
      ['other', 9000],
      ['c', 1000],
    ] as const)
      events.add(called('2026-11-02T10:00:00Z', nanoUsd, { model }));
    const { rows, points } = await usage(`${NOV}&interval=day&group_by=model&top=2`);
    expect(rows.map(({ key, name, cost_micro_usd: cost }) => [key, name, cost])).toEqual([
      ['a', 'a', 5],
      ['b', 'b', 3],
      ['other', 'Everything else', 10],
    ]);
    expect(points[1]!.values).toEqual({ a: 5, b: 3, other: 10 });
  });

  it('compares with the period before, point by point', async () => {
    events.add(called('2026-10-03T10:00:00Z', 3_000_000), called('2026-11-03T10:00:00Z', 1_000_000));
    const month = await usage('from=2026-11-01&to=2026-12-01&interval=month&compare=previous&metric=requests');
    expect(month.points).toEqual([{ at: '2026-11-01T00:00:00.000Z', values: { all: 1 }, before: 1 }]);
    expect(month.before).toMatchObject({ requests: 1, cost_micro_usd: 3000 });
    const day = await usage('from=2026-11-03&to=2026-11-04&interval=day&compare=previous');
    expect([day.points[0]!.before, day.before?.requests]).toEqual([0, 0]);
  });

  it.each([
    ['requests', 2],
    ['failed', 1],
    ['tokens', 240],
    ['input_tokens', 200],
    ['output_tokens', 40],
    ['cost', 3],
  ])('has the metric %s', async (metric, value) => {
    events.add(called('2026-11-02T10:00:00Z', 1000), called('2026-11-02T10:20:00Z', 2000, { status: 500 }));
    expect((await usage(`${NOV}&interval=month&metric=${metric}`)).points[0]!.values).toEqual({ all: value });
  });

  it('cuts days as the zone has them', async () => {
    events.add(called('2026-11-27T18:14:59Z', 1000), called('2026-11-27T18:15:00Z', 2000));
    const { points, tz } = await usage('from=2026-11-27&to=2026-11-29&tz=Asia/Kathmandu&interval=day');
    expect(tz).toBe('Asia/Kathmandu');
    expect(points).toEqual([
      { at: '2026-11-26T18:15:00.000Z', values: { all: 1 } },
      { at: '2026-11-27T18:15:00.000Z', values: { all: 2 } },
    ]);
  });

  it('reads instants, with a + that is not escaped too, and rounds to quarter hours', async () => {
    const { from, to, interval } = await usage('from=2026-11-27T10:07:00+05:30&to=2026-11-27T06:01:00Z');
    expect([from, to, interval]).toEqual(['2026-11-27T04:30:00.000Z', '2026-11-27T06:15:00.000Z', 'hour']);
  });

  it('has the last 30 days by default', async () => {
    const { points, interval, to } = await usage('tz=America/New_York');
    expect([points.length, interval]).toEqual([30, 'day']);
    expect(Date.parse(to)).toBeGreaterThan(Date.now());
  });

  it.each([
    ['from=2026-11-02&to=2026-11-01', 'from', 'before to'],
    ['from=2026-11-01&to=2026-11-01', 'from', 'before to'],
    ['from=2026-02-30', 'from', 'must be a date'],
    ['from=yesterday', 'from', 'must be a date'],
    ['from=2026-11-01T25:00:00Z', 'from', 'must be a date'],
    ['to=2026-11-01T10:00:00', 'to', 'must be a date'],
    ['from=1999-12-31&to=2000-02-01', 'from', 'before the year 2000'],
    ['from=0000-01-01&tz=Europe/Paris&interval=month', 'from', 'before the year 2000'],
    ['from=2026-11-01&to=2101-01-01', 'to', 'after the year 2099'],
    ['from=2025-01-01&to=2026-11-01&interval=hour', 'from', 'at most 400 days'],
    ['from=2001-01-01&to=2026-11-01&interval=month', 'from', 'at most 3660 days'],
    ['tz=Mars/Base', 'tz', 'IANA'],
    ['tz=', 'tz', 'IANA'],
    ['interval=week', 'interval', 'hour, day, month'],
    ['group_by=status', 'group_by', 'none, project'],
    ['metric=money', 'metric', 'requests, failed'],
    ['project_id=x', 'project_id', 'UUID'],
    ['token_id=x', 'token_id', 'UUID'],
    ['model=', 'model', '1 to 200'],
    ['compare=next', 'compare', 'previous'],
    ['top=0', 'top', '1 or more'],
    ['top=1001', 'top', '1000 or less'],
    ['top=x', 'top', 'whole number'],
    ['format=xml', 'format', 'json, csv'],
    ['from=2026-11-01&from=2026-11-02', 'from', 'must be a date'],
    ['groupBy=project', 'groupBy', 'not a known field'],
  ])('refuses ?%s', async (query, field, message) => {
    const answer = await refused(app.manage('GET', `/manage/usage?${query}`));
    expect(answer).toMatchObject({ status: 400, code: 'validation_failed', fields: [field] });
    expect(answer.message).toContain(message);
  });

  it('needs the management token', async () => {
    expect((await app.manage('GET', '/manage/usage', undefined, null)).status).toBe(401);
  });

  it('sums by end: counts alone, and all ends unless fewer are asked for', async () => {
    const ended = (end: ProxyEvent['end'], status: number) =>
      called('2026-11-02T10:00:00Z', 1000, { end, status, model: end });
    events.add(ended('ok', 200), ended('ok', 200), ended('ok', 404), ended('limit', 429), ended('crash', 200));
    const { rows, series, totals, points } = await usage(`${NOV}&group_by=end&metric=requests`);
    expect(rows.map(({ key, requests, failed, cost_micro_usd: cost }) => [key, requests, failed, cost])).toEqual([
      ['ok', 2, 0, 0],
      ['crash', 1, 1, 0],
      ['error_response', 1, 1, 0],
      ['limit', 1, 1, 0],
      ['any', 0, 0, 5],
    ]);
    expect(series.map(({ name }) => name)).toEqual([
      'Answered',
      'Server crashed',
      'Error response',
      'Limit',
      'Of any end',
    ]);
    expect([totals.requests, totals.failed, totals.cost_micro_usd, totals.input_tokens]).toEqual([5, 3, 5, 500]);
    expect(points[1]!.values).toEqual({ ok: 2, crash: 1, error_response: 1, limit: 1, any: 0 });
    const two = await usage(`${NOV}&group_by=end&metric=requests&top=1`);
    expect(two.rows.map(({ key, requests }) => [key, requests])).toEqual([
      ['ok', 2],
      ['other', 3],
    ]);
  });

  describe('as CSV', () => {
    it('has a line for each series in each point, in UTC and in the zone', async () => {
      events.add(called('2026-11-27T18:15:00Z', 2000), called('2026-11-27T18:14:59Z', 1000, { model: 'b' }));
      const answer = await app.manage(
        'GET',
        '/manage/usage?from=2026-11-27&to=2026-11-29&tz=Asia/Kathmandu&group_by=model&interval=day&format=csv',
      );
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
        200,
        'text/csv; charset=utf-8',
        'attachment; filename="usage-2026-11-26-2026-11-28.csv"',
      ]);
      expect((await answer.text()).split('\r\n')).toEqual([
        'start_utc,start_local,time_zone,key,name,requests,failed,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,cost_micro_usd,estimated_requests,estimated_input_tokens,estimated_output_tokens,estimated_cost_micro_usd,unpriced_requests,unknown_requests',
        '2026-11-26T18:15:00.000Z,2026-11-27 00:00:00,Asia/Kathmandu,b,b,1,0,100,40,20,5,1,0,0,0,0,0,0',
        '2026-11-27T18:15:00.000Z,2026-11-28 00:00:00,Asia/Kathmandu,gpt-5.6,gpt-5.6,1,0,100,40,20,5,2,0,0,0,0,0,0',
        '',
      ]);
    });

    it.each([
      ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['a,b', '"a,b"'],
      ['größer 😀', 'größer 😀'],
    ])('writes the name %s so that it is text', async (name, cell) => {
      const { id } = await app.project({ name });
      events.add(called('2026-11-02T10:00:00Z', 1000, { project_id: id }));
      const csv = await (await app.manage('GET', `/manage/usage?${NOV}&group_by=project&format=csv`)).text();
      expect(csv.split('\r\n')[1]).toContain(`,${id},${cell},1,`);
    });

    it('has the names of the columns when there is nothing', async () => {
      expect(await (await app.manage('GET', `/manage/usage?${NOV}&format=csv`)).text()).toMatch(/^start_utc,.*\r\n$/);
    });
  });
});

describe('usage of a server without observability', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ OBSERVABILITY_ENABLED: 'false' });
  });
  afterAll(() => app.close());

  it('is refused', async () => {
    for (const format of ['json', 'csv'])
      expect(await refused(app.manage('GET', `/manage/usage?format=${format}`))).toMatchObject({
        status: 409,
        code: 'observability_disabled',
      });
  });
});
