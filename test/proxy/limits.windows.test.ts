import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';

describe('rate_limit_per_minute', () => {
  const fixture = ProxyFixture.forTests();
  const statuses = async (token: { token: string }, times: number): Promise<number[]> => {
    const answers = [];
    for (let i = 0; i < times; i += 1) answers.push((await fixture.call({ headers: fixture.headers(token) })).status);
    return answers;
  };
  const change = (id: string, body: object) => fixture.app.manage('PATCH', `/manage/tokens/${id}`, body);

  it('serves the limit and refuses the rest with the time to wait', async () => {
    const token = await fixture.app.token({ rate_limit_per_minute: 2 });
    expect(await statuses(token, 2)).toEqual([200, 200]);
    const refused = await fixture.call({ headers: fixture.headers(token) });
    expect([refused.status, refused.header('x-proxy-error')]).toEqual([429, 'rate_limit_exceeded']);
    expect(refused.header('x-should-retry')).toBe('true');
    const waitMs = Number(refused.header('retry-after-ms'));
    expect(waitMs).toBeGreaterThan(50_000);
    expect(waitMs).toBeLessThan(60_000);
    expect(refused.header('retry-after')).toBe(String(Math.ceil(waitMs / 1000)));
    expect(refused.header('x-ratelimit-remaining-requests')).toBeUndefined();
    expect(fixture.upstream.requests).toHaveLength(2);
    await until('the line', () =>
      fixture.app.accessLines.some((line) => line['token_id'] === token.id && line['end'] === 'limit'),
    );
  });

  it('costs what is refused nothing of the cap, and what the cap refuses nothing of the window', async () => {
    const token = await fixture.app.token({ rate_limit_per_minute: 3, max_requests: 2 });
    expect(await statuses(token, 6)).toEqual([200, 200, 429, 429, 429, 429]);
    expect((await fixture.call({ headers: fixture.headers(token) })).header('x-proxy-error')).toBe('token_exhausted');
    await change(token.id, { max_requests: 10 });
    expect(await statuses(token, 3)).toEqual([200, 429, 429]);
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ request_count: 3 });
  });

  it('raised, taken away and given is in force at the next call', async () => {
    const token = await fixture.app.token();
    expect(await statuses(token, 2)).toEqual([200, 200]);
    expect((await change(token.id, { rate_limit_per_minute: 1 })).status).toBe(200);
    expect(await statuses(token, 2)).toEqual([200, 429]);
    await change(token.id, { rate_limit_per_minute: 2 });
    expect(await statuses(token, 2)).toEqual([200, 429]);
    await change(token.id, { rate_limit_per_minute: null });
    expect(await statuses(token, 3)).toEqual([200, 200, 200]);
  });

  it('counts WebSockets and refuses them', async () => {
    const token = await fixture.app.token({ rate_limit_per_minute: 1 });
    await fixture.call({ headers: fixture.headers(token) });
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    const refused = await client.answer();
    expect([refused.status, refused.header('x-proxy-error')]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(refused.header('retry-after-ms'))).toBeGreaterThan(0);
    client.socket.destroy();
  });
});

describe('DISTRIBUTED_RATE_LIMIT_ENABLED', () => {
  const fixture = ProxyFixture.forTests({
    DISTRIBUTED_RATE_LIMIT_ENABLED: 'true',
    DISTRIBUTED_RATE_LIMIT_MAX: '2',
    DISTRIBUTED_RATE_LIMIT_WINDOW: '20s',
  });
  afterEach(() => vi.restoreAllMocks());

  it('limits tokens without a limit of their own, each by itself, until the window has moved on', async () => {
    const [one, other] = [await fixture.app.token(), await fixture.app.token({ rate_limit_per_minute: 4 })];
    const burst = async (token: { token: string }) => {
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => fixture.call({ headers: fixture.headers(token) })));
      return answers.filter(({ status }) => status === 200).length;
    };
    expect(await Promise.all([burst(one), burst(other)])).toEqual([2, 4]);
    expect((await fixture.call({ headers: fixture.headers(one) })).status).toBe(429);
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + 21_000);
    expect((await fixture.call({ headers: fixture.headers(one) })).status).toBe(200);
    expect((await fixture.call({ headers: fixture.headers(other) })).status).toBe(429);
  });
});
