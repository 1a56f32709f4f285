import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { silence } from '../support/upstream.scenarios.js';
import type { HeaderLine } from '../support/wire.head.js';

const ERROR_EVENT =
  'event: error\ndata: {"error":{"message":"The withering token has been revoked.","type":"authentication_error","param":null,"code":"token_inactive"}}\n\n';

describe('a running response whose token is revoked', () => {
  const fixture = ProxyFixture.forTests();

  /** A stream of which `first` has reached the client. */
  async function streaming(first: string, headers?: readonly HeaderLine[]) {
    const token = await fixture.app.token();
    const paced = fixture.upstream.sse(headers);
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(token), body: '{}' });
    const request = await paced.opened();
    await paced.send(first);
    await client.sees(first);
    const revoke = () => fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    const line = async () => {
      await until('the line', () => fixture.app.accessLines.some((entry) => entry['token_id'] === token.id));
      return fixture.app.accessLines.find((entry) => entry['token_id'] === token.id);
    };
    return { token, paced, client, request, revoke, line };
  }

  it.each(['data: 1\n\n', 'data: 1\r\n\r\n', 'data: 1\r\r'])(
    'on an event stream (%j) ends with one error event, truncated, and is let go at the upstream',
    async (first) => {
      const { client, request, revoke, line } = await streaming(first);
      await revoke();
      const response = await client.response();
      expect([response.text, response.truncated]).toEqual([first + ERROR_EVENT, true]);
      expect((await request.closed()).by).toBe('peer');
      expect(await line()).toMatchObject({ status: 200, end: 'revoked', code: 'token_inactive' });
    },
  );

  it('inside an event waits for its end, and sends nothing after it', async () => {
    const { client, paced, revoke } = await streaming('data: {"n":');
    await revoke();
    await paced.send('1}\n\n');
    const response = await client.response();
    expect([response.text, response.truncated]).toEqual([`data: {"n":1}\n\n${ERROR_EVENT}`, true]);
  });

  it('inside an event that does not end is truncated without an error event', async () => {
    const { client, revoke, line } = await streaming('data: {"n":');
    await revoke();
    const response = await client.response();
    expect([response.text, response.truncated]).toEqual(['data: {"n":', true]);
    expect(await line()).toMatchObject({ end: 'revoked' });
  });

  it.each([
    ['that is no event stream', [['content-type', 'application/octet-stream']]],
    [
      'that is encoded',
      [
        ['content-type', 'text/event-stream'],
        ['content-encoding', 'gzip'],
      ],
    ],
  ] as [string, HeaderLine[]][])('%s is truncated', async (_what, headers) => {
    const { client, revoke, line } = await streaming('data: 1\n\n', headers);
    await revoke();
    const response = await client.response();
    expect([response.text, response.truncated]).toEqual(['data: 1\n\n', true]);
    expect(await line()).toMatchObject({ end: 'revoked' });
  });

  it('and that has not begun is a refusal; the take stays counted', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token({ max_requests: 3 });
    const answer = fixture.call({ headers: fixture.headers(token) });
    const request = await fixture.upstream.nextRequest();
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    const response = await answer;
    expect([response.status, codeOf(response), response.header('x-should-retry')]).toEqual([
      401,
      'token_inactive',
      'false',
    ]);
    expect((await request.closed()).by).toBe('peer');
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(1);
  });

  it('ends with its project too', async () => {
    const { token, client } = await streaming('data: 1\n\n');
    await fixture.app.manage('PATCH', `/manage/projects/${token.project_id}`, { is_active: false });
    expect((await client.response()).text).toContain('"code":"project_inactive"');
  });

  it('raises an APIError in the official client', async () => {
    const token = await fixture.app.token();
    const paced = fixture.upstream.sse();
    const openai = new OpenAI({ apiKey: token.token, baseURL: `${fixture.app.url}/v1`, maxRetries: 0 });
    const stream = await openai.chat.completions.create({ model: 'm', messages: [], stream: true });
    await paced.opened();
    await paced.event({ choices: [] });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const chunk of stream) {
        seen.push(chunk);
        await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'token_inactive' });
    expect(seen).toHaveLength(1);
  });

  it('goes on when the token is renamed, capped higher, or its project is renamed', async () => {
    const { token, client, paced } = await streaming('data: 1\n\n');
    await fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, { name: 'other', max_requests: 1000 });
    await fixture.app.manage('PATCH', `/manage/projects/${token.project_id}`, { name: 'another' });
    await fixture.app.manage('DELETE', `/manage/tokens/${(await fixture.app.token()).id}`);
    await paced.send('data: 2\n\n');
    await paced.end();
    const response = await client.response();
    expect([response.text, response.truncated]).toEqual(['data: 1\n\ndata: 2\n\n', false]);
  });
});
