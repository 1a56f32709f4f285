import { afterEach, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { MemoryCounter } from '../../src/limits/memory.counter.js';
import { ProjectEntity } from '../../src/project/project.entity.js';
import { ProjectLedgerSql } from '../../src/project/ledger/project.ledger.sql.js';
import { utcDay } from '../../src/project/ledger/utc.days.js';
import { LedgerSql } from '../../src/token/ledger/ledger.sql.js';
import { type TokenAnswer, until } from '../support/app.js';
import { onEveryStore } from '../support/databases.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer, resetBeforeHeaders, silence } from '../support/upstream.scenarios.js';

/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

onEveryStore('the limits of a project', (onStore) => {
  const fixture = ProxyFixture.forTests({ ALLOWED_PRIVATE_ORIGINS: NOWHERE, UPSTREAM_BREAKER_FAILURES: '0' }, onStore);
  afterEach(() => vi.restoreAllMocks());

  type Fields = Record<string, unknown>;
  const get = <T>(type: new (...values: never[]) => T): T => fixture.app.running.app.get(type as never);
  const view = async ({ id }: { id: string }) =>
    (await (await fixture.app.manage('GET', `/manage/projects/${id}`)).json()) as Fields;
  const patch = async ({ id }: { id: string }, fields: Fields) =>
    (await (await fixture.app.manage('PATCH', `/manage/projects/${id}`, fields)).json()) as Fields;
  const projectOf = async (fields: Fields) => {
    const project = await fixture.app.project();
    await patch(project, fields);
    return project;
  };
  const tokenOf = ({ id }: { id: string }, fields: Fields = {}) => fixture.app.token({ project_id: id, ...fields });
  const outcome = async (token: TokenAnswer) => {
    const response = await fixture.call({ headers: fixture.headers(token) });
    return response.header('x-proxy-error') ?? response.status;
  };
  const outcomes = async (token: TokenAnswer, times: number) => {
    const all: (string | number)[] = [];
    for (let i = 0; i < times; i += 1) all.push(await outcome(token));
    return all;
  };
  const countOf = async ({ id }: TokenAnswer) => (await fixture.app.tokenById(id)).request_count;

  it('are fields of the project, and null removes them', async () => {
    const created = await fixture.app.manage('POST', '/manage/projects', {
      name: 'With limits',
      api_key: 'sk-with-limits',
      rate_limit_per_minute: 5,
      max_requests_per_day: 7,
    });
    const fields = {
      rate_limit_per_minute: 5,
      max_concurrent: null,
      max_requests_per_day: 7,
      max_requests_per_month: null,
    };
    const project = (await created.json()) as { id: string };
    expect([created.status, project]).toMatchObject([201, { ...fields, requests_today: 0, requests_this_month: 0 }]);
    expect(await view(project)).toMatchObject({ ...fields, requests_today: 0, requests_this_month: 0 });
    expect(await patch(project, { max_concurrent: 2, max_requests_per_month: 9 })).toMatchObject({
      ...fields,
      max_concurrent: 2,
      max_requests_per_month: 9,
    });
    expect(await patch(project, { max_requests_per_day: null, max_requests_per_month: null })).toMatchObject({
      max_requests_per_day: null,
      requests_today: null,
      requests_this_month: null,
    });
  });

  it.each([
    ['max_requests_per_day', 0],
    ['max_requests_per_day', 1.5],
    ['max_requests_per_month', '7'],
    ['max_requests_per_month', 2 ** 53],
    ['rate_limit_per_minute', 1_000_001],
    ['max_concurrent', -1],
  ])('refuse %s = %j', async (field, value) => {
    const project = await fixture.app.project();
    const refused = await fixture.app.manage('PATCH', `/manage/projects/${project.id}`, { [field]: value });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(`${field} must be`)]);
  });

  it('cap a day over all tokens of the project, capped or not', async () => {
    const project = await projectOf({ max_requests_per_day: 5 });
    const [capped, uncapped] = [await tokenOf(project, { max_requests: 10 }), await tokenOf(project)];
    expect(await outcomes(capped, 3)).toEqual([200, 200, 200]);
    expect(await outcomes(uncapped, 3)).toEqual([200, 200, 'project_exhausted']);
    expect(await outcome(capped)).toBe('project_exhausted');
    expect(await view(project)).toMatchObject({ requests_today: 5, requests_this_month: 5 });
    // What the project refuses, the token has not counted.
    expect(await countOf(capped)).toBe(3);
    expect(fixture.upstream.requests).toHaveLength(5);
  });

  it('say when the next requests begin, in the sentence and in no header', async () => {
    const project = await projectOf({ max_requests_per_day: 1 });
    const token = await tokenOf(project);
    await outcome(token);
    const refused = await fixture.call({ headers: fixture.headers(token) });
    expect([refused.status, refused.header('retry-after'), refused.header('x-should-retry')]).toEqual([
      429,
      undefined,
      'false',
    ]);
    const day = await get(DataSource).manager.findOneByOrFail(ProjectEntity, { id: project.id });
    const next = new Date((day.countDay + 1) * 86_400_000).toISOString();
    expect(refused.body.toString()).toContain(`of this day; the next ones begin at ${next}`);
    await patch(project, { max_requests_per_month: 1 });
    const month = await fixture.call({ headers: fixture.headers(token) });
    expect(month.body.toString()).toMatch(/of this month; the next ones begin at \d{4}-\d\d-01T00:00:00\.000Z/);
  });

  it('begin anew with the day', async () => {
    const project = await projectOf({ max_requests_per_day: 2 });
    const token = await tokenOf(project);
    expect(await outcomes(token, 3)).toEqual([200, 200, 'project_exhausted']);
    await get(DataSource).manager.update(ProjectEntity, { id: project.id }, { countDay: utcDay(Date.now()) - 1 });
    expect(await view(project)).toMatchObject({ requests_today: 0 });
    expect(await outcomes(token, 3)).toEqual([200, 200, 'project_exhausted']);
  });

  it('are in force at the next call, raised, lowered, removed and set again, and the counts stay', async () => {
    const project = await fixture.app.project();
    const token = await tokenOf(project);
    expect(await outcome(token)).toBe(200);
    await patch(project, { max_requests_per_day: 1 });
    expect(await outcomes(token, 2)).toEqual([200, 'project_exhausted']);
    await patch(project, { max_requests_per_day: 3 });
    expect(await outcomes(token, 3)).toEqual([200, 200, 'project_exhausted']);
    await patch(project, { max_requests_per_day: null });
    expect(await outcomes(token, 2)).toEqual([200, 200]);
    await patch(project, { max_requests_per_day: 3 });
    expect(await outcome(token)).toBe('project_exhausted');
  });

  it('are exact for clients at the same time, and a token with a smaller cap ends first', async () => {
    const project = await projectOf({ max_requests_per_day: 20 });
    const [small, large] = [await tokenOf(project, { max_requests: 4 }), await tokenOf(project)];
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => outcome(i % 2 === 0 ? small : large)));
    const served = all.filter((one) => one === 200).length;
    const ofSmall = all.filter((one, i) => i % 2 === 0 && one === 200).length;
    expect(served).toBe(20);
    expect(ofSmall).toBeLessThanOrEqual(4);
    expect(await countOf(small)).toBe(ofSmall);
    expect(await view(project)).toMatchObject({ requests_today: 20 });
    expect(fixture.upstream.requests).toHaveLength(20);
  });

  it('take a request back that the upstream never got', async () => {
    const project = await projectOf({ max_requests_per_day: 2, base_url: NOWHERE });
    const token = await tokenOf(project, { max_requests: 5 });
    expect(await outcomes(token, 3)).toEqual(Array.from({ length: 3 }, () => 'upstream_unreachable'));
    await until('all are given back', async () => (await view(project))['requests_today'] === 0);
    await until('to the token too', async () => (await countOf(token)) === 0);
    await patch(project, { base_url: null });
    fixture.upstream.once(resetBeforeHeaders());
    expect(await outcomes(token, 3)).toEqual(['upstream_reset', 200, 'project_exhausted']);
  });

  it('refuse what the database cannot decide, and count nothing for the token', async () => {
    const project = await projectOf({ max_requests_per_day: 2 });
    const [capped, uncapped] = [await tokenOf(project, { max_requests: 5 }), await tokenOf(project)];
    expect([await outcome(capped), await outcome(uncapped)]).toEqual([200, 200]);
    vi.spyOn(get(ProjectLedgerSql), 'take').mockRejectedValue(new Error('the database is away'));
    expect([await outcome(capped), await outcome(uncapped)]).toEqual(['store_unavailable', 'store_unavailable']);
    expect(await countOf(capped)).toBe(1);
  });

  it('ask the database for a project with a cap alone', async () => {
    const [ofProject, ofToken] = [vi.spyOn(get(ProjectLedgerSql), 'take'), vi.spyOn(get(LedgerSql), 'take')];
    const free = await tokenOf(await projectOf({ rate_limit_per_minute: 100 }));
    expect(await outcomes(free, 2)).toEqual([200, 200]);
    expect([ofProject.mock.calls.length, ofToken.mock.calls.length]).toEqual([0, 0]);
    const uncapped = await tokenOf(await projectOf({ max_requests_per_month: 100 }));
    expect(await outcomes(uncapped, 2)).toEqual([200, 200]);
    expect([ofProject.mock.calls.length, ofToken.mock.calls.length]).toEqual([2, 0]);
  });

  it('limit the rate of all its tokens together', async () => {
    const project = await projectOf({ rate_limit_per_minute: 3 });
    const [one, two] = [await tokenOf(project), await tokenOf(project, { rate_limit_per_minute: 2 })];
    expect(await outcomes(two, 3)).toEqual([200, 200, 'rate_limit_exceeded']);
    expect(await outcomes(one, 2)).toEqual([200, 'rate_limit_exceeded']);
    const refused = await fixture.call({ headers: fixture.headers(one) });
    expect(refused.body.toString()).toContain('The rate limit of the project is reached.');
  });

  it('limit the concurrency of all its tokens together', async () => {
    const project = await projectOf({ max_concurrent: 1 });
    const [one, two] = [await tokenOf(project), await tokenOf(project, { max_concurrent: 1 })];
    fixture.upstream.once(silence());
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(one), body: '{}' });
    const running = () => get(MemoryCounter).runningOf({ scope: 'project', id: project.id });
    await until('it runs', () => running() === 1);
    const refused = await fixture.call({ headers: fixture.headers(two) });
    expect(refused.header('x-proxy-error')).toBe('concurrency_exceeded');
    expect(refused.body.toString()).toContain('of the project is reached');
    client.destroy();
    await until('the slot is free', () => running() === 0);
    fixture.upstream.reply(answer({ status: 200, body: '{}' }));
    expect(await outcome(two)).toBe(200);
  });

  it('give a slot and a window back that a cap refuses', async () => {
    const project = await projectOf({ max_concurrent: 1, rate_limit_per_minute: 2, max_requests_per_day: 1 });
    const token = await tokenOf(project);
    expect(await outcomes(token, 4)).toEqual([200, ...Array.from({ length: 3 }, () => 'project_exhausted')]);
  });
});
