import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ProjectAnswer, UPSTREAM_KEY } from '../support/app.js';
import { rowsOf } from '../support/audit.rows.js';
import { freePort } from '../support/free.port.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';
import { answer, rawAnswer } from '../support/upstream.scenarios.js';

const closedPort = await freePort();

describe('POST /manage/projects/{id}/check', () => {
  const fixture = ProxyFixture.forTests({ ALLOWED_PRIVATE_ORIGINS: `http://127.0.0.1:${closedPort}` });

  const project = async (more = {}): Promise<string> => {
    const body = { name: randomUUID(), api_key: UPSTREAM_KEY, ...more };
    return ((await (await fixture.app.manage('POST', '/manage/projects', body)).json()) as ProjectAnswer).id;
  };
  const check = async (id: string): Promise<unknown> => {
    const response = await fixture.app.manage('POST', `/manage/projects/${id}/check`);
    expect(response.status).toBe(200);
    return response.json();
  };

  it('asks the upstream once, with the key of the project', async () => {
    expect(await check(await project())).toEqual({
      ok: true,
      status: 200,
      reason: 'The upstream accepts the key.',
      connect_ms: expect.any(Number),
      first_byte_ms: expect.any(Number),
    });
    expect(fixture.upstream.requests.map(({ method, target }) => [method, target])).toEqual([['GET', '/v1/models']]);
    expect(String(fixture.upstream.requests[0]!.rawHead)).toContain(`Authorization: Bearer ${UPSTREAM_KEY}\r\n`);
  });

  it('has its row in the audit log, before the upstream is asked', async () => {
    const id = await project();
    fixture.upstream.reply(answer({ status: 500, headers: [], body: '' }));
    const [row, ...more] = await rowsOf(fixture.app, async () => check(id));
    expect([row, more]).toMatchObject([{ action: 'project.check', outcome: 'success', project_id: id }, []]);
  });

  it.each([
    [401, 'The upstream refuses the key.'],
    [403, 'The upstream refuses the key, or the key may not list models.'],
    [404, 'The upstream has no /v1/models: check the base URL. The key could not be judged.'],
    [429, 'The upstream limits requests with this key at the moment: check its quota.'],
    [500, 'The upstream responds with 500. The key could not be judged.'],
  ])('says what a status of %i means', async (status, reason) => {
    fixture.upstream.reply(answer({ status, headers: [], body: `{"error":"${UPSTREAM_KEY}"}` }));
    expect(await check(await project())).toMatchObject({ ok: false, status, reason });
  });

  it.each([
    ['the models that the response lists', '{"object":"list","data":[{"id":"a"},{"id":"b"}]}', 2],
    ['none of an empty list', '{"data":[]}', 0],
    ['nothing of another body', '{"ok":true}', undefined],
    ['nothing of a body that is no JSON', '<html>', undefined],
    ['nothing of a body over 1 MiB', `{"data":[${'1,'.repeat(600_000)}1]}`, undefined],
  ])('counts %s', async (_, body, models) => {
    fixture.upstream.reply(answer({ status: 200, headers: [['content-type', 'application/json']], body }));
    const found = (await check(await project())) as { ok: boolean; models?: number };
    expect([found.ok, found.models]).toEqual([true, models]);
  });

  it('does not need the end of a response', async () => {
    const broken = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data":[';
    fixture.upstream.reply(rawAnswer(broken, 'fin'));
    expect(await check(await project())).toMatchObject({ ok: true, status: 200 });
  });

  it('says that there is no response', async () => {
    expect(await check(await project({ base_url: `http://127.0.0.1:${closedPort}` }))).toEqual({
      ok: false,
      code: 'unreachable',
      reason: 'The upstream cannot be reached.',
    });
  });

  it('is 404 without a project, and 401 without the management token', async () => {
    const unknown = `/manage/projects/${randomUUID()}/check`;
    expect(await refused(fixture.app.manage('POST', unknown))).toMatchObject({
      status: 404,
      code: 'project_not_found',
    });
    expect(await refused(fetch(`${fixture.app.url}${unknown}`, { method: 'POST' }))).toMatchObject({ status: 401 });
    expect(fixture.bytesUpstream).toBe(0);
  });
});
