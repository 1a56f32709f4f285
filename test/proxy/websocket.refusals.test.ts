import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import {
  answer,
  failing,
  finBeforeHeaders,
  rateLimited,
  resetBeforeHeaders,
  silence,
} from '../support/upstream.scenarios.js';
import { garbage, shortBody } from '../support/upstream.broken.js';
import type { Handler } from '../support/upstream.connection.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { frame, OPCODE } from '../support/websocket.frames.js';
import { echo, UpstreamSocket } from '../support/websocket.upstream.js';

type Headers = readonly (readonly [string, string])[];
const protocols = (value: string): Headers => [...HANDSHAKE, ['Sec-WebSocket-Protocol', value]];
const unknown = `sk-wt-${'A'.repeat(38)}`;

describe('a WebSocket handshake', () => {
  const fixture = ProxyFixture.forTests({ UPSTREAM_HEADERS_TIMEOUT: '1s' });
  const clients: WebSocketClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.socket.destroy();
  });
  const ask = async (headers: Headers, options: Parameters<typeof WebSocketClient.ask>[2] = {}) => {
    const client = await WebSocketClient.ask(fixture.app.port, headers, options);
    clients.push(client);
    return client;
  };

  it.each([
    ['no credential', () => [...HANDSHAKE], 401, 'token_missing'],
    ['a malformed token', () => protocols(`realtime, openai-insecure-api-key.${unknown}`), 401, 'token_malformed'],
    ['another scheme', () => [...HANDSHAKE, ['Authorization', 'Basic eDp5']], 401, 'token_malformed'],
    ['two tokens', () => [...protocols('openai-insecure-api-key.x'), ...fixture.headers()], 400, 'header_invalid'],
    ['two Authorizations', () => [...HANDSHAKE, ...fixture.headers(), ...fixture.headers()], 400, 'header_invalid'],
    ['two Hosts', () => [['Host', 'a'], ['Host', 'b'], ...HANDSHAKE, ...fixture.headers()], 400, 'header_invalid'],
  ] as [string, () => Headers, number, string][])('with %s is refused', async (_what, headers, status, code) => {
    const client = await ask(headers(), { early: frame({ opcode: OPCODE.ping }) });
    const refused = await client.answer();
    expect([refused.status, codeOf(refused), refused.header('x-proxy-error')]).toEqual([status, code, code]);
    expect([refused.header('x-should-retry'), refused.header('connection')]).toEqual(['false', 'close']);
    expect(await client.closed()).toBe('fin');
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('with a target that is not plain is refused', async () => {
    const client = await ask([...HANDSHAKE, ...fixture.headers()], { target: '/v1/realtime?x=\\' });
    expect((await client.answer()).header('x-proxy-error')).toBe('target_invalid');
  });

  it('of a revoked token, an inactive project, a used-up cap is refused, each in its way', async () => {
    const refusal = async (token: { token: string }) => {
      const client = await ask([...HANDSHAKE, ...fixture.headers(token)]);
      const { status, header } = await client.answer();
      return [status, header('x-proxy-error')];
    };
    const revoked = await fixture.app.token();
    await fixture.app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    expect(await refusal(revoked)).toEqual([401, 'token_inactive']);
    const inactive = await fixture.app.token();
    await fixture.app.manage('PATCH', `/manage/projects/${inactive.project_id}`, { is_active: false });
    expect(await refusal(inactive)).toEqual([403, 'project_inactive']);
    const capped = await fixture.app.token({ max_requests: 1 });
    expect((await fixture.call({ headers: fixture.headers(capped) })).status).toBe(200);
    expect(await refusal(capped)).toEqual([429, 'token_exhausted']);
  });

  it('AU-11 of one token 50 times at once opens exactly as many sockets as its cap', async () => {
    fixture.upstream.reply(echo());
    const token = await fixture.app.token({ max_requests: 7 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await ask([...HANDSHAKE, ...fixture.headers(token)])).answer()),
    );
    expect(answers.filter(({ status }) => status === 101)).toHaveLength(7);
    expect(answers.filter(({ header }) => header('x-proxy-error') === 'token_exhausted')).toHaveLength(43);
    expect(fixture.upstream.requests).toHaveLength(7);
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(7);
  });

  it('with its token in a subprotocol is made with the project’s key, and the token stays here', async () => {
    const upstream = new UpstreamSocket([['Sec-WebSocket-Protocol', 'realtime']]);
    fixture.upstream.once(upstream.handler);
    const offered = `realtime, openai-insecure-api-key.${fixture.token.token}, openai-beta.realtime-v1`;
    const client = await ask(protocols(offered));
    const opened = await client.answer();
    expect([opened.status, opened.header('sec-websocket-protocol')]).toEqual([101, 'realtime']);
    const request = await upstream.opened();
    expect(request.header('sec-websocket-protocol')).toBe('realtime, openai-beta.realtime-v1');
    expect(request.header('authorization')).toMatch(/^Bearer sk-proj-upstream/);
    expect(JSON.stringify(request.headers)).not.toContain(fixture.token.token);
    expect(fixture.app.log).not.toContain(fixture.token.token);
  });

  it.each([
    ['401', failing(401, 'invalid_api_key')],
    ['426', answer({ status: 426, headers: [['X-Why', 'version']], body: 'Upgrade Required' })],
    ['429', rateLimited(20)],
    ['500', failing(500, 'server_error')],
    ['200', answer({ headers: [['content-type', 'text/plain']], body: 'x'.repeat(500_000) })],
  ] as [string, Handler][])('that the upstream answers with %s gets that answer', async (status, handler) => {
    fixture.upstream.once(handler);
    const client = await ask([...HANDSHAKE, ...fixture.headers()], { early: frame({ opcode: OPCODE.ping }) });
    const passed = await client.answer();
    fixture.upstream.once(handler);
    const plain = await fixture.call({ method: 'GET', target: '/v1/realtime' });
    expect([passed.status, passed.text, passed.truncated, passed.faults]).toEqual([
      Number(status),
      plain.text,
      false,
      [],
    ]);
    const ours = new Set(['x-proxy-request-id', 'server-timing', 'connection', 'keep-alive', 'transfer-encoding']);
    const theirs = (response: typeof plain) => response.rawHeaders.filter(([name]) => !ours.has(name.toLowerCase()));
    expect(theirs(passed)).toEqual(theirs(plain));
    expect([passed.header('x-proxy-error'), passed.header('connection')]).toEqual([undefined, 'close']);
    expect(await client.closed()).toBe('fin');
  });

  it('refused by half a response is broken off, not ended', async () => {
    fixture.upstream.once(shortBody());
    const passed = await (await ask([...HANDSHAKE, ...fixture.headers()])).answer();
    expect(passed.truncated).toBe(true);
  });

  it.each([
    ['a FIN', finBeforeHeaders(), 502, 'upstream_reset'],
    ['a reset', resetBeforeHeaders(), 502, 'upstream_reset'],
    ['no HTTP', garbage(), 502, 'upstream_protocol'],
    ['a 101 to nothing', answer({ status: 101 }), 502, 'upstream_protocol'],
    ['silence', silence(), 504, 'upstream_timeout'],
  ] as [string, Handler, number, string][])(
    'that the upstream meets with %s has its own code, and is counted',
    async (_what, handler, status, code) => {
      fixture.upstream.once(handler);
      const token = await fixture.app.token({ max_requests: 1 });
      const refused = await (await ask([...HANDSHAKE, ...fixture.headers(token)])).answer();
      expect([refused.status, codeOf(refused)]).toEqual([status, code]);
      expect((await fixture.app.tokenById(token.id)).request_count).toBe(1);
    },
  );

  it('whose client closes before the response is aborted at the upstream', async () => {
    fixture.upstream.once(silence());
    const client = await ask([...HANDSHAKE, ...fixture.headers(), ['X-Request-Id', 'left-early']]);
    const request = await fixture.upstream.nextRequest();
    client.socket.destroy();
    expect((await request.closed()).by).toBe('peer');
    await until('the line', () => fixture.app.accessLines.some((line) => line['request_id'] === 'left-early'));
    expect(fixture.app.accessLines.find((line) => line['request_id'] === 'left-early')).toMatchObject({
      end: 'client',
    });
  });

  it.each([
    ['/v1/realtime', 'h2c'],
    ['/v1/realtime', 'foo, websocket'],
  ])(
    'FR-29 on %s to %s is an ordinary request; the one behind it is dropped with the connection',
    async (target, protocol) => {
      const headers: Headers = [['Connection', 'Upgrade'], ['Upgrade', protocol], ...fixture.headers()];
      const behind = `GET /v1/behind HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`;
      const client = await ask(headers, { target, early: Buffer.from(behind.slice(0, 20)) });
      await client.write(Buffer.from(behind));
      const only = await client.answer();
      expect([only.status, only.header('connection')]).toEqual([200, 'close']);
      expect(await client.closed()).toBe('fin');
      expect(fixture.upstream.requests.map((request) => request.target)).toEqual([target]);
      expect(fixture.upstream.requests[0]?.header('upgrade')).toBeUndefined();
    },
  );

  it('FR-29 that is refused drops what stands behind it', async () => {
    const early = Buffer.from(
      `GET /v1/behind HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`,
    );
    const client = await ask([...HANDSHAKE, ['Authorization', 'Bearer nope']], { early });
    expect((await client.answer()).status).toBe(401);
    expect(await client.closed()).toBe('fin');
    expect(fixture.bytesUpstream).toBe(0);
  });

  it('behind a request still running is an ordinary request: two protocols never meet', async () => {
    const [first, second] = [fixture.upstream.sse(), fixture.upstream.sse()];
    const client = await ask(fixture.headers(), { target: '/v1/models' });
    await first.opened();
    const handshake = [...HANDSHAKE, ...fixture.headers()].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    await client.write(Buffer.from(`GET /v1/realtime HTTP/1.1\r\nHost: a\r\n${handshake}\r\n`));
    await until('the second to wait', () => fixture.app.running.lifecycle.running === 2);
    await first.end();
    const request = await second.opened();
    expect(request.header('upgrade')).toBeUndefined();
    await second.end();
    expect([(await client.answer()).status, (await client.answer()).status]).toEqual([200, 200]);
  });
});

describe('a WebSocket to an upstream that is not there', () => {
  const fixture = ProxyFixture.forTests({ OPENAI_API_URL: 'http://127.0.0.1:1' });

  it('is refused, and its take is given back', async () => {
    for (const fields of [{ max_requests: 2 }, {}]) {
      const token = await fixture.app.token(fields);
      const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
      const refused = await client.answer();
      expect([refused.status, codeOf(refused), refused.header('x-should-retry')]).toEqual([
        502,
        'upstream_unreachable',
        'true',
      ]);
      await until('the count', async () => (await fixture.app.tokenById(token.id)).request_count === 0);
    }
  });

  it('on a private address that is not allowed is refused before it is dialled', async () => {
    const created = await fixture.app.manage('POST', '/manage/projects', {
      name: 'inner',
      api_key: 'sk-x',
      base_url: 'http://127.0.0.1:9',
    });
    expect(created.status).toBe(400);
  });
});
