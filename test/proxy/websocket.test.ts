import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { acceptOf, closePayload, frame, OPCODE } from '../support/websocket.frames.js';
import { echo, UpstreamSocket } from '../support/websocket.upstream.js';
import { KEY } from '../support/websocket.client.js';
import { valuesOf } from '../support/wire.head.js';

describe('a WebSocket', () => {
  const fixture = ProxyFixture.forTests();
  const clients: WebSocketClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.socket.destroy();
  });
  const ask = async (
    options: Parameters<typeof WebSocketClient.ask>[2] = {},
    headers: readonly (readonly [string, string])[] = [...HANDSHAKE, ...fixture.headers()],
  ) => {
    const client = await WebSocketClient.ask(fixture.app.port, headers, options);
    clients.push(client);
    return client;
  };
  const lineOf = async (id: string | undefined) => {
    await until('the line', () => fixture.app.accessLines.some((line) => line['request_id'] === id));
    return fixture.app.accessLines.find((line) => line['request_id'] === id);
  };

  it.each(['/v1/realtime?model=gpt-realtime', '/v1/responses', '/v1/live/sessions/sess_1/fork', '/v1/a.later/one'])(
    'on %s passes every frame both ways, byte for byte',
    async (target) => {
      const upstream = new UpstreamSocket();
      fixture.upstream.once(upstream.handler);
      const client = await ask({ target });
      const answer = await client.answer();
      expect([answer.status, answer.header('sec-websocket-accept'), answer.faults]).toEqual([101, acceptOf(KEY), []]);
      expect((await upstream.opened()).target).toBe(target);
      const frames = [
        { opcode: OPCODE.text, payload: 'Grüße, 🌍' },
        { opcode: OPCODE.binary, payload: randomBytes(70_000) },
        { opcode: OPCODE.text, payload: 'frag', fin: false },
        { opcode: OPCODE.ping, payload: 'between' },
        { opcode: OPCODE.continuation, payload: 'ment' },
        { opcode: OPCODE.pong },
        { opcode: OPCODE.text, payload: '', compressed: true },
        { opcode: OPCODE.binary, payload: randomBytes(200) },
      ];
      for (const content of frames) {
        const sent = await client.send(content);
        expect((await upstream.next())?.raw.equals(sent)).toBe(true);
        const back = await upstream.send(content);
        expect((await client.next())?.raw.equals(back)).toBe(true);
      }
    },
  );

  it('is counted once, and logged in one line at its end: ok after a close handshake', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    fixture.upstream.once(echo());
    const client = await ask({}, [...HANDSHAKE, ...fixture.headers(token)]);
    const { header } = await client.answer();
    const sent = await client.send({ opcode: OPCODE.text, payload: 'hello' });
    await client.next();
    const close = await client.send({ opcode: OPCODE.close, payload: closePayload(1000, 'bye') });
    expect((await client.next())?.payload).toEqual(closePayload(1000, 'bye'));
    expect(await client.closed()).toBe('fin');
    expect(await lineOf(header('x-proxy-request-id'))).toMatchObject({
      token_id: token.id,
      project_id: token.project_id,
      method: 'GET',
      path: '/v1/realtime',
      status: 101,
      end: 'ok',
      bytes_in: sent.length + close.length,
      bytes_out: sent.length + close.length - 8,
    });
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(1);
    expect(fixture.app.running.lifecycle.running).toBe(0);
  });

  it('sends the handshake to the upstream as it came, except for the header table', async () => {
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const client = await ask({}, [
      ['sec-websocket-KEY', KEY],
      ['Connection', 'keep-alive, Upgrade'],
      ['UPGRADE', 'WebSocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
      ['OpenAI-Beta', 'realtime=v1'],
      ['Cookie', 'session=canary'],
      ['X-Forwarded-For', '192.0.2.1'],
      ['Origin', 'https://app.example'],
      ...fixture.headers(),
    ]);
    await client.answer();
    const { headers } = await upstream.opened();
    expect(headers).toEqual([
      ['Host', new URL(fixture.upstream.baseUrl).host],
      ['sec-websocket-KEY', KEY],
      ['Connection', 'keep-alive, Upgrade'],
      ['UPGRADE', 'WebSocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
      ['OpenAI-Beta', 'realtime=v1'],
      ['Origin', 'https://app.example'],
      ['Authorization', expect.stringMatching(/^Bearer sk-proj-upstream/)],
    ]);
  });

  it('sends the upstream’s 101 to the client, except for the header table', async () => {
    fixture.upstream.once(
      new UpstreamSocket([
        ['Sec-WebSocket-Extensions', 'permessage-deflate'],
        ['Set-Cookie', 'a=b'],
        ['X-Proxy-Request-Id', 'forged'],
        ['X-Request-Id', 'req_1'],
        ['OpenAI-Processing-Ms', '7'],
      ]).handler,
    );
    const answer = await (await ask()).answer();
    expect(answer.statusLine).toBe('HTTP/1.1 101 Switching Protocols');
    expect(answer.rawHeaders.map(([name]) => name)).toEqual([
      'Upgrade',
      'Connection',
      'Sec-WebSocket-Accept',
      'Sec-WebSocket-Extensions',
      'X-Request-Id',
      'OpenAI-Processing-Ms',
      'x-proxy-request-id',
      'server-timing',
    ]);
    expect(valuesOf(answer.rawHeaders, 'x-proxy-request-id')).not.toContain('forged');
  });

  it('keeps what either side sends with its handshake', async () => {
    const [hello, early] = [frame({ opcode: OPCODE.text, payload: 'hello' }), frame({ opcode: OPCODE.ping })];
    const upstream = new UpstreamSocket([], hello);
    fixture.upstream.once(upstream.handler);
    const client = await ask({ early });
    await client.answer();
    expect((await client.next())?.raw).toEqual(hello);
    await upstream.opened();
    expect((await upstream.next())?.raw).toEqual(early);
  });

  it('of 5 MB frames comes through whole, both ways at once', async () => {
    fixture.upstream.once(echo());
    const client = await ask();
    await client.answer();
    const payloads = [randomBytes(5_000_000), randomBytes(5_000_000), randomBytes(5_000_000)];
    const sending = Promise.all(payloads.map((payload) => client.send({ opcode: OPCODE.binary, payload })));
    for (const payload of payloads) expect((await client.next())?.payload.equals(payload)).toBe(true);
    await sending;
  });

  it('makes a sender wait for a receiver that does not read', async () => {
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const upgrade = once(fixture.app.running.app.getHttpServer(), 'upgrade') as Promise<[unknown, Socket]>;
    const client = await ask();
    const [, served] = await upgrade;
    await client.answer();
    const request = await upstream.opened();
    client.socket.pause();
    const payload = randomBytes(1_000_000);
    let sent = 0;
    const all = (async () => {
      for (let i = 0; i < 40; i += 1) sent += Number(await upstream.write(frame({ opcode: OPCODE.binary, payload })));
    })();
    await until('the client to be behind', () => served.writableNeedDrain);
    // A sender that does not wait would send all of it in the time that these bytes take.
    expect((await fixture.call({ body: Buffer.alloc(20_000_000) })).status).toBe(200);
    expect(sent).toBeLessThan(40);
    expect(served.writableLength).toBeLessThan(1_000_000);
    expect(request.closing).toBeUndefined();
    client.socket.resume();
    for (let i = 0; i < 40; i += 1) expect((await client.next())?.payload.equals(payload)).toBe(true);
    await all;
  });

  it('ends as the upstream ends it, after what came before; the line names the side', async () => {
    for (const how of ['fin', 'reset'] as const) {
      const upstream = new UpstreamSocket();
      fixture.upstream.once(upstream.handler);
      const client = await ask();
      const { header } = await client.answer();
      await upstream.opened();
      await upstream.send({ opcode: OPCODE.text, payload: 'last words' });
      if (how === 'fin') upstream.fin();
      expect((await client.next())?.payload.toString()).toBe('last words');
      if (how === 'reset') upstream.reset();
      expect(await client.next()).toBeUndefined();
      expect(await lineOf(header('x-proxy-request-id'))).toMatchObject({ status: 101, end: 'upstream' });
    }
  });

  it('half-closed by the upstream still carries what the client sends', async () => {
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const client = await ask();
    await client.answer();
    await upstream.opened();
    const ended = once(client.socket.removeAllListeners('end'), 'end');
    upstream.fin();
    await ended;
    const sent = await client.send({ opcode: OPCODE.text, payload: 'you still hear me' });
    expect((await upstream.next())?.raw).toEqual(sent);
    client.socket.end();
    expect(await upstream.next()).toBeUndefined();
  });

  it('that the client closes ends at the upstream; the line names the side', async () => {
    for (const how of ['end', 'resetAndDestroy'] as const) {
      const upstream = new UpstreamSocket();
      fixture.upstream.once(upstream.handler);
      const client = await ask();
      const { header } = await client.answer();
      const request = await upstream.opened();
      client.socket[how]();
      expect((await request.closed()).by).toBe('peer');
      upstream.fin();
      expect(await lineOf(header('x-proxy-request-id'))).toMatchObject({ status: 101, end: 'client' });
    }
  });
});
