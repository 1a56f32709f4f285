import { once } from 'node:events';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UPSTREAM_KEY } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { echo } from '../support/websocket.upstream.js';

const StandardWebSocket = WebSocket;

/** The official client insists on wss; its bytes go over plain TCP here, as behind a proxy that ends TLS. */
class WithoutTls extends StandardWebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url.replace(/^wss:/, 'ws:'), protocols);
  }
}

describe('the official openai realtime client', () => {
  const fixture = ProxyFixture.forTests();
  beforeEach(() => void vi.stubGlobal('WebSocket', WithoutTls));
  afterEach(() => vi.unstubAllGlobals());

  const connect = (token: { token: string } = fixture.token) => {
    const client = new OpenAI({ apiKey: token.token, baseURL: `${fixture.app.url}/v1` });
    return new OpenAIRealtimeWebSocket({ model: 'gpt-realtime', dangerouslyAllowBrowser: true }, client);
  };

  it('opens a session with the project’s key, and exchanges events', async () => {
    fixture.upstream.once(echo([['Sec-WebSocket-Protocol', 'realtime']]));
    const realtime = connect();
    await once(realtime.socket, 'open');
    const request = await fixture.upstream.nextRequest();
    expect(request.target).toBe('/v1/realtime?model=gpt-realtime');
    expect(request.header('authorization')).toBe(`Bearer ${UPSTREAM_KEY}`);
    expect(request.rawHead.toString('latin1')).not.toContain(fixture.token.token);
    const event = { type: 'response.create' as const, event_id: 'event-1' };
    const answered = new Promise((resolve) => realtime.on('event', resolve));
    realtime.send(event);
    expect(await answered).toEqual(event);
    const closed = once(realtime.socket, 'close');
    realtime.close();
    await closed;
  });

  it('is closed with 1008 when its token is revoked', async () => {
    const token = await fixture.app.token();
    fixture.upstream.once(echo([['Sec-WebSocket-Protocol', 'realtime']]));
    const realtime = connect(token);
    realtime.on('error', () => undefined);
    await once(realtime.socket, 'open');
    const closed = once(realtime.socket, 'close');
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    expect(((await closed) as [CloseEvent])[0].code).toBe(1008);
  });
});
