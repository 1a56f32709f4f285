import { describe, expect, it } from 'vitest';
import { onEveryStore } from '../support/databases.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

const EXPIRES = 'x-proxy-token-expires-at';
const REMAINING = 'x-proxy-token-remaining';

onEveryStore('with TOKEN_HEADERS=true a response', (onStore) => {
  const fixture = ProxyFixture.forTests({ TOKEN_HEADERS: 'true' }, onStore);
  const told = async (token: { token: string }) => {
    const response = await fixture.call({ headers: fixture.headers(token) });
    return [response.status, response.header(EXPIRES), response.header(REMAINING)];
  };

  it('tells the expiry, and what is left of a cap only where there is one', async () => {
    const [capped, free] = [await fixture.app.token({ max_requests: 3 }), await fixture.app.token()];
    const { expires_at } = capped as unknown as { expires_at: string };
    expect([await told(capped), await told(capped), await told(capped)]).toEqual([
      [200, expires_at, '2'],
      [200, expires_at, '1'],
      [200, expires_at, '0'],
    ]);
    expect(await told(capped)).toEqual([429, undefined, undefined]);
    expect(await told(free)).toEqual([200, (free as unknown as { expires_at: string }).expires_at, undefined]);
  });

  it('tells each of the requests that come at once what was left after it', async () => {
    const token = await fixture.app.token({ max_requests: 20 });
    const all = await Promise.all(Array.from({ length: 20 }, async () => told(token)));
    const left = all.map(([, , remaining]) => Number(remaining));
    // MySQL is asked after each batch: there is one at a time for a token of one server.
    expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('tells what is left of the one cap of a token that was replaced', async () => {
    const old = await fixture.app.token({ max_requests: 5 });
    await told(old);
    const answer = await fixture.app.manage('POST', `/manage/tokens/${old.id}/replace`, { overlap_minutes: 5 });
    const next = (await answer.json()) as { token: string };
    const [, expires, left] = await told(old);
    expect([left, (await told(next))[2], (await told(old))[2]]).toEqual(['3', '2', '1']);
    expect(expires).toBe(((await fixture.app.tokenById(old.id)) as unknown as { expires_at: string }).expires_at);
  });

  it('to a handshake of a WebSocket does too', async () => {
    const token = await fixture.app.token({ max_requests: 2 });
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    const answer = await client.answer();
    expect([answer.status, answer.header(REMAINING)]).toEqual([101, '1']);
    client.socket.destroy();
  });
});

describe('without TOKEN_HEADERS', () => {
  const fixture = ProxyFixture.forTests();
  it('a response tells nothing of the token', async () => {
    const token = await fixture.app.token({ max_requests: 3 });
    const response = await fixture.call({ headers: fixture.headers(token) });
    expect([response.status, response.header(EXPIRES), response.header(REMAINING)]).toEqual([
      200,
      undefined,
      undefined,
    ]);
  });
});
