import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { closePayload, OPCODE } from '../support/websocket.frames.js';
import { echo, UpstreamSocket } from '../support/websocket.upstream.js';

/** Node's own WebSocket: the browsers' interface, with the browsers' rules. */
describe('the standard WebSocket client', () => {
  const fixture = ProxyFixture.forTests();
  const url = () => `${fixture.app.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`;
  const offered = (token = fixture.token.token) => [
    'realtime',
    `openai-insecure-api-key.${token}`,
    'openai-beta.realtime-v1',
  ];

  it('talks through the proxy with its token in a subprotocol', async () => {
    fixture.upstream.once(echo([['Sec-WebSocket-Protocol', 'realtime']]));
    const socket = new WebSocket(url(), offered());
    socket.binaryType = 'arraybuffer';
    await once(socket, 'open');
    expect(socket.protocol).toBe('realtime');
    for (const message of ['hello', 'x'.repeat(200_000)]) {
      socket.send(message);
      const [event] = (await once(socket, 'message')) as [MessageEvent];
      expect(event.data).toBe(message);
    }
    socket.send(new Uint8Array([1, 2, 3]));
    const [event] = (await once(socket, 'message')) as [MessageEvent];
    expect(new Uint8Array(event.data as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3]));
    socket.close(1000, 'done');
    const [closed] = (await once(socket, 'close')) as [CloseEvent];
    expect([closed.code, closed.reason, closed.wasClean]).toEqual([1000, 'done', true]);
  });

  it('sees the upstream close', async () => {
    const upstream = new UpstreamSocket([['Sec-WebSocket-Protocol', 'realtime']]);
    fixture.upstream.once(upstream.handler);
    const socket = new WebSocket(url(), offered());
    await once(socket, 'open');
    await upstream.send({ opcode: OPCODE.close, payload: closePayload(4001, 'session_expired') });
    expect((await upstream.next())?.opcode).toBe(OPCODE.close);
    upstream.fin();
    const [closed] = (await once(socket, 'close')) as [CloseEvent];
    expect([closed.code, closed.reason]).toEqual([4001, 'session_expired']);
  });

  it('gets 1008 when its token is revoked', async () => {
    const token = await fixture.app.token();
    fixture.upstream.once(echo([['Sec-WebSocket-Protocol', 'realtime']]));
    const socket = new WebSocket(url(), offered(token.token));
    await once(socket, 'open');
    const closing = once(socket, 'close');
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    const [closed] = (await closing) as [CloseEvent];
    expect([closed.code, closed.reason, closed.wasClean]).toEqual([
      1008,
      'The withering token has been revoked.',
      true,
    ]);
  });

  it('fails to open with an unknown token', async () => {
    const socket = new WebSocket(url(), offered('sk-wt-nope'));
    await once(socket, 'error');
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });
});
