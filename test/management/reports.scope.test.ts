import { beforeAll, expect, it } from 'vitest';
import type { RequestView } from '../../src/reporting/requests/request.dto.js';
import type { UsageView } from '../../src/reporting/usage/usage.dto.js';
import type { TokenAnswer } from '../support/app.js';
import { onEveryStore } from '../support/databases.js';
import { EventStream } from '../support/event.stream.js';
import { operator } from '../support/operators.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';
import { until } from '../support/until.js';

onEveryStore('reports of an operator of some projects', (store) => {
  const fixture = ProxyFixture.forTests({ OBSERVABILITY_CAPTURE_BODIES: 'all' }, store);
  let own: TokenAnswer;
  let second: TokenAnswer;
  let foreign: TokenAnswer;
  /** Of one project, of two, of none, and an admin of all. */
  let manager: string;
  let viewer: string;
  let nobody: string;
  let admin: string;
  let ownId: string;
  let foreignId: string;
  let namelessId: string;
  let live: EventStream;

  beforeAll(async () => {
    const named = async (name: string) => {
      const project = await fixture.app.project({ name: `project ${name}` });
      return fixture.app.token({ project_id: project.id, name: `token ${name}` });
    };
    [own, second, foreign] = [await named('own'), await named('second'), await named('foreign')];
    manager = await tokenOf({ role: 'manager', projects: [own.project_id] });
    viewer = await tokenOf({ projects: [own.project_id, second.project_id] });
    nobody = await tokenOf({ projects: [(await fixture.app.project({ name: 'empty project' })).id] });
    admin = await tokenOf({ role: 'admin' });
    live = await EventStream.open(`${fixture.app.url}/manage/requests/live`, as(manager));
    const idOf = async (headers: [string, string][]): Promise<string> =>
      (
        await fixture.call({ headers: [...headers, ['content-type', 'application/json']], body: '{"model":"m"}' })
      ).header('x-proxy-request-id')!;
    foreignId = await idOf(fixture.headers(foreign));
    namelessId = await idOf([]);
    await idOf(fixture.headers(second));
    ownId = await idOf(fixture.headers(own));
    await until('all requests', async () => (await requests(admin)).length === 4, 20_000);
    await until('all usage', async () => (await usage(admin)).totals.requests === 4, 20_000);
    return () => live.close();
  });

  const tokenOf = async (fields: Record<string, unknown>) => (await operator(fixture.app, fields)).token;
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  const get = async (path: string, credential: string): Promise<Response> =>
    fixture.app.manage('GET', `/manage/${path}`, undefined, credential);
  async function requests(credential: string, query = ''): Promise<RequestView[]> {
    const response = await get(`requests?${query}`, credential);
    expect(response.status).toBe(200);
    return (await response.json()) as RequestView[];
  }
  async function usage(credential: string, query = ''): Promise<UsageView> {
    const response = await get(`usage?metric=requests&${query}`, credential);
    expect(response.status).toBe(200);
    return (await response.json()) as UsageView;
  }
  const tokensOf = (entries: RequestView[]) => entries.map(({ token_name: name }) => name);

  it('list its requests only', async () => {
    expect(tokensOf(await requests(manager))).toEqual(['token own']);
    expect(tokensOf(await requests(viewer))).toEqual(['token own', 'token second']);
    expect(await requests(nobody)).toEqual([]);
    expect(tokensOf(await requests(admin))).toEqual(['token own', 'token second', undefined, 'token foreign']);
  });

  it.each(['project_id', 'token_id'] as const)('have nothing of a foreign %s', async (field) => {
    const value = foreign[field === 'token_id' ? 'id' : 'project_id'];
    expect(await requests(manager, `${field}=${value}`)).toEqual([]);
    const { totals, series, rows } = await usage(manager, `${field}=${value}&group_by=token`);
    expect([totals.requests, series, rows]).toEqual([0, [], []]);
    expect(await requests(admin, `${field}=${value}`)).toHaveLength(1);
  });

  it.each(['project_id', 'token_id'] as const)('have the requests of an own %s', async (field) => {
    const value = own[field === 'token_id' ? 'id' : 'project_id'];
    expect(tokensOf(await requests(manager, `${field}=${value}`))).toEqual(['token own']);
    expect((await usage(manager, `${field}=${value}`)).totals.requests).toBe(1);
  });

  it('do not find a foreign request, or one of no project', async () => {
    for (const id of [foreignId, namelessId])
      expect(await refused(get(`requests/${id}`, manager))).toMatchObject({ status: 404, code: 'request_not_found' });
    expect((await get(`requests/${ownId}`, manager)).status).toBe(200);
    expect((await get(`requests/${foreignId}`, admin)).status).toBe(200);
  });

  it.each(['request', 'response'])('show the %s body to an admin only', async (side) => {
    for (const id of [ownId, foreignId]) {
      const path = `requests/${id}/body/${side}`;
      expect(await refused(get(path, manager))).toMatchObject({ status: 403, code: 'role_not_allowed' });
      expect((await get(path, admin)).status).toBe(200);
    }
  });

  it('sum its usage only, and name nothing else', async () => {
    for (const group of ['project', 'token', 'model', 'none']) {
      expect((await usage(manager, `group_by=${group}`)).totals.requests).toBe(1);
      expect((await usage(viewer, `group_by=${group}&compare=previous`)).totals.requests).toBe(2);
      expect((await usage(nobody, `group_by=${group}`)).totals.requests).toBe(0);
    }
    const text = JSON.stringify(await usage(manager, 'group_by=token'));
    expect(text).toContain('token own');
    expect(text).not.toMatch(/foreign|second/);
    const csv = await (await get('usage?group_by=project&format=csv', manager)).text();
    expect(csv).toContain('project own');
    expect(csv).not.toMatch(/foreign|second|none/);
  });

  it('follow its requests only', async () => {
    await live.has('request', 1);
    await fixture.call({ headers: fixture.headers(foreign) });
    await fixture.call({ headers: fixture.headers(own) });
    await live.has('request', 2);
    expect(live.of('request').map(({ data }) => data['token_name'])).toEqual(['token own', 'token own']);
    const other = await EventStream.open(`${fixture.app.url}/manage/requests/live`, {
      ...as(viewer),
      'last-event-id': live.of('request')[0]!.id!,
    });
    expect((await other.has('request', 1))[0]!.data).toMatchObject({ token_name: 'token own' });
    expect(other.of('request')).toHaveLength(1);
    other.close();
  });
});
