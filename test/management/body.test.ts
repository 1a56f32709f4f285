import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp } from '../support/app.js';
import { RawClient, request } from '../support/raw.client.js';
import { refused } from '../support/refusal.js';

const MIB = 1024 * 1024;

describe('a management body', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  beforeAll(async () => {
    app = await TestApp.start();
    project = await app.project();
  });
  afterAll(() => app.close());

  const send = (method: string, path: string, body: string | undefined, type: string | null = 'application/json') =>
    fetch(`${app.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}`, ...(type === null ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
  const post = (body: string | undefined, type?: string | null) => send('POST', '/manage/projects', body, type);
  const patch = (body: string) => send('PATCH', `/manage/projects/${project.id}`, body);

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset=UTF-8',
  ])('may be %s', async (type) => {
    expect((await post(JSON.stringify({ name: type, api_key: 'k' }), type)).status).toBe(201);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'text/json',
    'application/octet-stream',
    null,
  ])('AD-02 may not be %s', async (type) => {
    expect(await refused(post('{"name":"smuggled","api_key":"k"}', type))).toMatchObject({
      status: 415,
      code: 'media_type_unsupported',
    });
  });

  it.each([
    '{',
    '{"name":',
    '{"name":"x",}',
    "{'name':'x'}",
    '{"name":"x"}{"name":"y"}',
    'name=x',
    '\u0000',
    '{"a":NaN}',
    '{"name":"\u0001"}',
  ])('must be JSON: %j is not', async (body) => {
    expect(await refused(post(body))).toMatchObject({ status: 400, code: 'json_invalid' });
  });

  it.each(['{"__proto__":{"is_admin":true}}', '{"constructor":{"prototype":{"is_admin":true}}}'])(
    'AD-17 must not reach for prototypes: %s',
    async (body) => {
      expect(await refused(post(body))).toMatchObject({ status: 400 });
      expect(({} as Record<string, unknown>)['is_admin']).toBeUndefined();
    },
  );

  it.each(['null', '[]', '"text"', '5', 'true', '[{"name":"n","api_key":"k"}]'])(
    'must be an object: %s is not',
    async (body) => {
      expect(await refused(post(body))).toMatchObject({ status: 400 });
      expect(await refused(patch(body))).toMatchObject({ status: 400 });
      expect(await (await app.manage('GET', `/manage/projects/${project.id}`)).json()).toEqual(project);
    },
  );

  it('is required where fields are', async () => {
    expect(await refused(post(undefined, null))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: ['name', 'api_key'],
    });
    expect(await refused(send('POST', '/manage/tokens', undefined, null))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: ['project_id'],
    });
  });

  it('may be absent although the client says application/json, where none is needed', async () => {
    expect((await send('POST', `/manage/projects/${project.id}/tokens/revoke`, undefined)).status).toBe(200);
    const { id } = await app.token();
    expect((await send('DELETE', `/manage/tokens/${id}`, undefined)).status).toBe(204);
  });

  it('may have 1 MiB and not a byte more', async () => {
    const padded = (size: number) => {
      const json = '{"name":"padded","api_key":"k"}';
      return json + ' '.repeat(size - json.length);
    };
    expect((await post(padded(MIB))).status).toBe(201);
    expect(await refused(post(padded(MIB + 1)))).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('may not grow beyond 1 MiB in chunks', async () => {
    const client = await RawClient.connect(app.port);
    const head = `POST /manage/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${MANAGEMENT_TOKEN}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    await client.write(head);
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    for (let i = 0; i < 20; i += 1) void client.write(chunk);
    const answer = await client.response();
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([413, 'body_too_large']);
    client.destroy();
  });

  it('is refused when it ends early, without a trace', async () => {
    const client = await RawClient.connect(app.port);
    await client.write(
      `POST /manage/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${MANAGEMENT_TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"name":"half`,
    );
    client.end();
    await client.closed();
    const names = (await (await app.manage('GET', '/manage/projects')).json()) as ProjectAnswer[];
    expect(names.some(({ name }) => name.startsWith('half'))).toBe(false);
  });

  it('leaves no trace of its text in a refusal or in the log', async () => {
    await post('{"name":"x","api_key":"sk-proj-body-canary-0123456789"');
    await post('{"name":5,"api_key":"sk-proj-body-canary 0123456789"}');
    const answer = await request(app.port, {
      method: 'POST',
      target: '/manage/projects',
      headers: { Authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'Content-Type': 'application/json' },
      body: '{"sk-proj-body-canary":1}'.replace('}', ''),
    });
    expect(answer.text).not.toContain('body-canary');
    expect(app.log).not.toContain('body-canary');
  });
});
