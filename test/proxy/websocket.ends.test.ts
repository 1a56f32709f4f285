import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { drain } from '../../src/process/server.process.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { closeOf, frame, OPCODE, type Frame } from '../support/websocket.frames.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

const CAPS = [{}, { max_requests: 9 }];

/** One open WebSocket through a fixture's proxy. */
async function open(fixture: ProxyFixture, token: { token: string } = fixture.token) {
  const upstream = new UpstreamSocket();
  fixture.upstream.once(upstream.handler);
  const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
  const { header, status } = await client.answer();
  expect(status).toBe(101);
  const request = await upstream.opened();
  const line = async () => {
    const id = header('x-proxy-request-id');
    await until('the line', () => fixture.app.accessLines.some((entry) => entry['request_id'] === id));
    return fixture.app.accessLines.find((entry) => entry['request_id'] === id);
  };
  return { upstream, client, request, line };
}

/** The close frame that comes next, and that nothing comes after it. */
async function closing(client: WebSocketClient) {
  const got = await client.next();
  expect(got?.opcode).toBe(OPCODE.close);
  expect(await client.next()).toBeUndefined();
  return closeOf(got as Frame);
}

describe('a running WebSocket', () => {
  const fixture = ProxyFixture.forTests();

  it.each(CAPS)('of a token (%o) that is revoked is closed with 1008, at the upstream too', async (fields) => {
    for (const revoke of [
      (token: { id: string }) => fixture.app.manage('DELETE', `/manage/tokens/${token.id}`),
      (token: { id: string }) => fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, { is_active: false }),
      (token: { project_id: string }) =>
        fixture.app.manage('POST', `/manage/projects/${token.project_id}/tokens/revoke`),
    ]) {
      const token = await fixture.app.token(fields);
      const { client, request, line } = await open(fixture, token);
      const closed = closing(client);
      expect((await revoke(token)).ok).toBe(true);
      expect(await closed).toEqual({ code: 1008, reason: 'The withering token has been revoked.' });
      expect((await request.closed()).by).toBe('peer');
      expect(await line()).toMatchObject({ status: 101, end: 'revoked', code: 'token_inactive' });
    }
  });

  it('of a project that is deactivated or deleted is closed with 1008', async () => {
    for (const [method, body] of [
      ['PATCH', { is_active: false }],
      ['DELETE', undefined],
    ] as const) {
      const token = await fixture.app.token();
      const { client } = await open(fixture, token);
      const closed = closing(client);
      await fixture.app.manage(method, `/manage/projects/${token.project_id}`, body);
      expect((await closed).code).toBe(1008);
    }
  });

  it('gets its close frame after the frame that is on its way, never inside it', async () => {
    const token = await fixture.app.token();
    const { client, upstream } = await open(fixture, token);
    const whole = frame({ opcode: OPCODE.binary, payload: Buffer.alloc(1000, 7) });
    await upstream.write(whole.subarray(0, 500));
    const next = client.next();
    const half = new Promise<void>((resolve) => client.socket.once('data', () => resolve()));
    await half;
    const second = frame({ opcode: OPCODE.text, payload: 'never' });
    const revoked = fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    await revoked;
    await upstream.write(Buffer.concat([whole.subarray(500), second]));
    expect((await next)?.raw.equals(whole)).toBe(true);
    expect((await closing(client)).code).toBe(1008);
  });

  it('is ended without a close frame when the frame on its way does not end', async () => {
    const token = await fixture.app.token();
    const { client, upstream, line } = await open(fixture, token);
    const arrived = once(client.socket, 'data');
    await upstream.write(frame({ opcode: OPCODE.binary, payload: Buffer.alloc(1000) }).subarray(0, 500));
    await arrived;
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    await client.closed();
    await expect(client.next()).rejects.toThrow(/500 bytes into a frame/);
    expect(await line()).toMatchObject({ end: 'revoked' });
  });

  it('of a client that does not read is ended too', async () => {
    const token = await fixture.app.token();
    const { client, upstream, request, line } = await open(fixture, token);
    client.socket.pause();
    void upstream.send({ opcode: OPCODE.binary, payload: Buffer.alloc(30_000_000) });
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    expect((await request.closed()).by).toBe('peer');
    expect(await line()).toMatchObject({ end: 'revoked' });
  });

  it('goes on when its token is renamed, capped higher, or another token is revoked', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    const { client, upstream } = await open(fixture, token);
    const patch = (body: object) => fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, body);
    expect((await patch({ name: 'other', max_requests: 50 })).status).toBe(200);
    expect(
      (await fixture.app.manage('PATCH', `/manage/projects/${token.project_id}`, { name: 'renamed' })).status,
    ).toBe(200);
    const foreign = await fixture.app.token();
    await fixture.app.manage('DELETE', `/manage/tokens/${foreign.id}`);
    const other = await open(fixture, foreign).catch(() => undefined);
    expect(other).toBeUndefined();
    const sent = await upstream.send({ opcode: OPCODE.text, payload: 'still here' });
    expect((await client.next())?.raw).toEqual(sent);
    const back = await client.send({ opcode: OPCODE.text, payload: 'so am I' });
    expect((await upstream.next())?.raw).toEqual(back);
    client.socket.destroy();
  });
});

describe('a WebSocket of a proxy with short deadlines', () => {
  const fixture = ProxyFixture.forTests({
    WEBSOCKET_IDLE_TIMEOUT: '300ms',
    STREAM_MAX_DURATION: '1200ms',
    CLIENT_STALL_TIMEOUT: '400ms',
  });

  it('that is silent both ways is ended with 1001', async () => {
    const { client, line } = await open(fixture);
    const { code, reason } = await closing(client);
    expect([code, reason]).toEqual([1001, 'The WebSocket was idle for longer than WEBSOCKET_IDLE_TIMEOUT allows.']);
    expect(await line()).toMatchObject({ end: 'limit', code: 'websocket_idle' });
  });

  it('that goes on for ever is ended at STREAM_MAX_DURATION, talk or not', async () => {
    const { client, upstream, line } = await open(fixture);
    const timer = setInterval(() => void upstream.send({ opcode: OPCODE.ping }), 50);
    let last: Frame | undefined;
    for (let got = await client.next(); got; got = await client.next()) last = got;
    clearInterval(timer);
    expect(closeOf(last!).code).toBe(1001);
    expect(await line()).toMatchObject({ end: 'upstream_timeout' });
  });

  it('of a client that does not read is closed', async () => {
    const { client, upstream, request, line } = await open(fixture);
    client.socket.pause();
    void upstream.send({ opcode: OPCODE.binary, payload: Buffer.alloc(30_000_000) });
    expect((await request.closed()).by).toBe('peer');
    expect(await line()).toMatchObject({ end: 'client' });
  });
});

describe('a WebSocket without a limit of its own', () => {
  const fixture = ProxyFixture.forTests({ UPSTREAM_IDLE_TIMEOUT: '1ms', STREAM_MAX_DURATION: '1200ms' });

  it('outlives UPSTREAM_IDLE_TIMEOUT, and its end is called by its name', async () => {
    const { client } = await open(fixture);
    expect((await closing(client)).reason).toBe('The request took longer than STREAM_MAX_DURATION allows.');
  });
});

describe('a WebSocket when the server stops', () => {
  const opened: ProxyFixture[] = [];
  const fixture = ProxyFixture.forTests({ DRAIN_TIMEOUT: '2s' });
  afterEach(() => opened.splice(0));

  it('is waited for, then closed with 1001', async () => {
    const { client, line } = await open(fixture);
    const waiting = open(fixture);
    const second = await waiting;
    const done = drain(fixture.app.running, loadConfig(fixture.app.variables).config, new Promise(() => undefined));
    await until('draining', () => fixture.app.running.lifecycle.draining);
    const refused = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers()]);
    expect((await refused.answer()).header('x-proxy-error')).toBe('draining');
    expect((await closing(client)).code).toBe(1001);
    expect((await closing(second.client)).code).toBe(1001);
    await done;
    expect(await line()).toMatchObject({ status: 101, end: 'drain' });
    await expect(WebSocketClient.ask(fixture.app.port, [])).rejects.toThrow();
  });
});

describe('STREAM_CUT_ON', () => {
  describe('=never', () => {
    const fixture = ProxyFixture.forTests({ STREAM_CUT_ON: 'never' });

    it('lets what runs go on', async () => {
      const token = await fixture.app.token();
      const { client, upstream } = await open(fixture, token);
      await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
      expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(401);
      const sent = await upstream.send({ opcode: OPCODE.text, payload: 'still here' });
      expect((await client.next())?.raw).toEqual(sent);
      client.socket.destroy();
    });
  });

  describe('=revoke,expiry', () => {
    const fixture = ProxyFixture.forTests({ STREAM_CUT_ON: 'revoke,expiry' });
    /** Late enough for a busy machine to open the socket first. */
    const soon = () => new Date(Date.now() + 3000).toISOString();

    it('ends what runs when its token expires', async () => {
      const { client, line } = await open(fixture, await fixture.app.token({ expires_at: soon() }));
      expect(await closing(client)).toEqual({
        code: 1008,
        reason: expect.stringMatching(
          /^The withering token expired at 20\d\d-\d\d-\d\dT[\d:.]+Z; ask its issuer for a new one\.$/,
        ),
      });
      expect(await line()).toMatchObject({ end: 'revoked', code: 'token_expired' });
    });

    it('uses the latest expiry of the token', async () => {
      const token = await fixture.app.token({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });
      const { client } = await open(fixture, token);
      await fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, { expires_at: soon() });
      expect((await closing(client)).code).toBe(1008);
    });
  });
});
