import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { silence } from '../support/upstream.scenarios.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

describe('an observer of exchanges', () => {
  const fixture = ProxyFixture.forTests();

  /** One that sees the exchanges from now on, behind another that always throws. */
  function observe() {
    const seen: { exchange: Exchange; isLastByteOut: boolean; running: number }[] = [];
    const { observers, lifecycle } = fixture.app.running;
    observers.add({ onClosed: () => { throw new Error('an observer that fails'); } }); // prettier-ignore
    observers.add({
      onClosed: (exchange) => {
        const { response, socket } = exchange;
        const isLastByteOut = (response?.writableFinished ?? false) || socket.destroyed;
        seen.push({ exchange, isLastByteOut, running: lifecycle.running });
      },
    });
    return {
      seen,
      /** The only exchange so far: it ended once, after its last byte, when the lifecycle had let it go. */
      async only(): Promise<Exchange> {
        await until('an exchange to end', () => seen.length > 0);
        await new Promise((resolve) => setImmediate(resolve));
        expect(seen).toMatchObject([{ isLastByteOut: true, running: 0 }]);
        return seen[0]!.exchange;
      },
    };
  }

  it('sees one that went well', async () => {
    const observer = observe();
    const response = await fixture.call({ body: '{"x":1}' });
    expect(response.status).toBe(200);
    const exchange = await observer.only();
    expect(exchange).toMatchObject({
      status: 200,
      bytesIn: 7,
      bytesOut: 11,
      tokenId: fixture.token.id,
    });
    expect(exchange.end).toBeUndefined();
    const times = [exchange.startedAt, exchange.queuedAt, exchange.sentAt, exchange.respondedAt, exchange.closedAt];
    expect(times.toSorted((a, b) => a! - b!)).toEqual(times);
  });

  it.each([
    ['/v1/models', 401, 'token_missing', 'auth'],
    ['/v1/../x', 400, 'target_invalid', 'client'],
    ['/nowhere', 404, 'not_found', 'client'],
    ['/manage/projects', 401, 'unauthorized', 'auth'],
  ])('sees one at %s that is refused with %i', async (target, status, code, end) => {
    const observer = observe();
    await fixture.call({ method: 'GET', target, headers: [] });
    const exchange = await observer.only();
    expect([exchange.status, exchange.code, exchange.end, exchange.sentAt]).toEqual([status, code, end, undefined]);
  });

  it('sees one whose client leaves, and its upstream is released', async () => {
    const observer = observe();
    const token = await fixture.app.token({ max_requests: 3 });
    await until('management to end', () => observer.seen.length === 2);
    observer.seen.length = 0;
    fixture.upstream.once(silence());
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(token), body: '{}' });
    const request = await fixture.upstream.nextRequest();
    client.destroy();
    const exchange = await observer.only();
    expect([exchange.status, exchange.end]).toEqual([undefined, 'client']);
    expect((await request.closed()).by).toBe('peer');
  });

  it('sees a stream that is revoked', async () => {
    const token = await fixture.app.token();
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(token), body: '{}' });
    await paced.opened();
    await paced.send('data: 1\n\n');
    await client.sees('data: 1\n\n');
    const observer = observe();
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    await until('both to end', () => observer.seen.length === 2);
    const { exchange, isLastByteOut } = observer.seen.find(({ exchange: { tokenId } }) => tokenId === token.id)!;
    expect([exchange.status, exchange.end, exchange.code, isLastByteOut]).toEqual([
      200,
      'revoked',
      'token_inactive',
      true,
    ]);
  });

  it.each([
    ['that is refused', [], 401, 'auth'],
    ['that is opened and closed', undefined, 101, 'client'],
  ])('sees a WebSocket %s', async (_what, credentials, status, end) => {
    const observer = observe();
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const headers = [...HANDSHAKE, ...(credentials ?? fixture.headers())];
    const client = await WebSocketClient.ask(fixture.app.port, headers, { target: '/v1/realtime' });
    expect((await client.answer()).status).toBe(status);
    client.socket.destroy();
    expect(await observer.only()).toMatchObject({ status, end });
  });
});
