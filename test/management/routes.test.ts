import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isUuid } from '../../src/common/rest/uuid.js';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp, type TokenAnswer } from '../support/app.js';
import { request } from '../support/raw.client.js';
import { refused } from '../support/refusal.js';

describe('the management routes', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  let token: TokenAnswer;
  beforeAll(async () => {
    app = await TestApp.start();
    project = await app.project();
    token = await app.token({ project_id: project.id });
  });
  afterAll(() => app.close());

  const fill = (path: string) => path.replace('{project}', project.id).replace('{token}', token.id);
  const AUTHORIZED = { Authorization: `Bearer ${MANAGEMENT_TOKEN}` };

  it.each([
    ['/manage/projects', 'GET, HEAD, POST', ['PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/projects/{project}', 'DELETE, GET, HEAD, PATCH', ['POST', 'PUT', 'OPTIONS']],
    ['/manage/projects/{project}/tokens/revoke', 'POST', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/tokens', 'GET, HEAD, POST', ['PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/tokens/{token}', 'DELETE, GET, HEAD, PATCH', ['POST', 'PUT', 'OPTIONS']],
    ['/manage/tokens/{token}/replace', 'POST', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/usage', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/requests', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/requests/live', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/requests/id', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/audit', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/audit/1', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/audit/head', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/audit/verify', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/manage/audit/export', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/health', 'GET, HEAD, OPTIONS', ['POST', 'DELETE']],
    ['/live', 'GET, HEAD, OPTIONS', ['POST', 'DELETE']],
    ['/ready', 'GET, HEAD, OPTIONS', ['POST', 'DELETE']],
  ])('%s answers other methods 405 with Allow: %s', async (path, allow, methods) => {
    for (const method of methods) {
      const answer = await app.manage(method, fill(path));
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allow]);
      expect(method === 'HEAD' || (await refused(answer)).code === 'method_not_allowed').toBe(true);
    }
    const unknown = await request(app.port, { method: 'PROPFIND', target: fill(path), headers: AUTHORIZED });
    expect([unknown.status, unknown.header('allow')]).toEqual([405, allow]);
  });

  it.each([
    '/',
    '/manage',
    '/manage/',
    '/manage/unknown',
    '/manage/projects//',
    '/manage//projects',
    '/Manage/projects',
    '/manage/projects/{project}/tokens',
    '/metrics/',
    '/metrics/x',
    '/v2',
  ])('AD-26 there is nothing at %s', async (path) => {
    expect(await refused(app.manage('GET', fill(path)))).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each(['/manage/projects', '/manage/projects/{project}', '/manage/tokens/{token}', '/manage/tokens?page=1'])(
    '%s is the same with a slash at its end',
    async (path) => {
      const withSlash = fill(path).replace(/(?=\?|$)/, '/');
      const [one, other] = [await app.manage('GET', withSlash), await app.manage('GET', fill(path))];
      expect([one.status, await one.json()]).toEqual([200, await other.json()]);
      expect((await app.manage('GET', withSlash, undefined, null)).status).toBe(401);
    },
  );

  it('HEAD answers like GET without a body', async () => {
    for (const path of ['/manage/projects', '/manage/projects/{project}', '/manage/tokens', '/manage/tokens/{token}']) {
      const [head, get] = [await app.manage('HEAD', fill(path)), await app.manage('GET', fill(path))];
      expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([
        200,
        '',
        get.headers.get('content-length'),
      ]);
    }
  });

  it('returns JSON in UTF-8', async () => {
    await app.project({ name: 'größer 😀' });
    const answer = await app.manage('GET', '/manage/projects');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.text()).toContain('größer 😀');
  });

  const everyKindOfAnswer = () =>
    Promise.all([
      app.manage('GET', '/manage/projects'),
      app.manage('POST', '/manage/tokens', { project_id: project.id }),
      app.manage('DELETE', `/manage/tokens/${token.id}`),
      app.manage('POST', '/manage/projects', {}),
      app.manage('GET', '/manage/projects', undefined, null),
      app.manage('PUT', '/manage/projects'),
      app.manage('GET', '/nothing'),
      app.manage('GET', '/docs'),
      app.manage('GET', '/health'),
    ]);

  it('AD-14 forbids storing, framing and sniffing a response', async () => {
    for (const answer of await everyKindOfAnswer()) {
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(answer.headers.get('x-powered-by')).toBeNull();
      expect(answer.headers.get('server')).toBeNull();
    }
  });

  it.each(['null', 'https://evil.example', 'https://good.evil'])('AD-13 allows no other origin: %s', async (origin) => {
    for (const [method, path] of [
      ['GET', '/manage/projects'],
      ['OPTIONS', '/manage/projects'],
      ['GET', '/health'],
      ['GET', '/docs/json'],
    ] as const) {
      const answer = await fetch(`${app.url}${path}`, {
        method,
        headers: {
          ...AUTHORIZED,
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it.each(['abc', 'req_123-4.5', 'A'.repeat(64)])(
    'HD-20 gives the request id %s back, in header, body and log',
    async (id) => {
      const answer = await fetch(`${app.url}/manage/unknown`, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe(id);
      expect(await answer.json()).toMatchObject({ request_id: id });
      expect(app.accessLines.at(-1)).toMatchObject({ request_id: id, path: '/manage/unknown', status: 404 });
      expect((await fetch(`${app.url}/live`, { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(
        id,
      );
    },
  );

  it.each(['A'.repeat(65), 'a b', 'a\tb"{}%0a', 'a,b', 'caf\xe9', `"${'x'.repeat(5000)}"`])(
    'HD-20 replaces the request id %.20j',
    async (id) => {
      const answer = await request(app.port, { target: '/live', headers: [['X-Request-Id', id]] });
      expect(answer.status).toBe(200);
      expect(answer.header('x-request-id')).toSatisfy(isUuid);
      expect(app.log).not.toContain('xxxx');
    },
  );

  it('HD-20 replaces a request id that is given twice', async () => {
    const answer = await request(app.port, {
      target: '/live',
      headers: [
        ['X-Request-Id', 'a'],
        ['X-Request-Id', 'b'],
      ],
    });
    expect(answer.header('x-request-id')).toSatisfy(isUuid);
  });
});
