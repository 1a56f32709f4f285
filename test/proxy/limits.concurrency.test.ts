import { afterEach, describe, expect, it } from 'vitest';
import { MemoryCounter } from '../../src/limits/memory.counter.js';
import { type TokenAnswer, until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import type { RawClient } from '../support/raw.client.js';
import { failing, finBeforeHeaders, resetBeforeHeaders, silence } from '../support/upstream.scenarios.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

/** A port on which no server listens. */
const NOWHERE = 'http://127.0.0.1:9';
const POST = { method: 'POST', target: '/v1/responses', body: '{}' };

describe('max_concurrent', () => {
  const fixture = ProxyFixture.forTests({ ALLOWED_PRIVATE_ORIGINS: NOWHERE });
  const clients: (RawClient | WebSocketClient['socket'])[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  const running = ({ id }: TokenAnswer): number =>
    fixture.app.running.app.get(MemoryCounter).runningOf({ scope: 'token', id });
  const send = async (token: TokenAnswer): Promise<RawClient> => {
    const client = await fixture.connect();
    clients.push(client);
    await client.send({ ...POST, headers: fixture.headers(token) });
    return client;
  };
  const socket = async (token: TokenAnswer): Promise<WebSocketClient> => {
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    clients.push(client.socket);
    return client;
  };
  const refusal = async (token: TokenAnswer) => {
    const { status, header } = await fixture.call({ headers: fixture.headers(token) });
    return [status, header('x-proxy-error'), header('retry-after'), header('retry-after-ms'), header('x-should-retry')];
  };

  it('refuses one more, and lets the next in when one has ended', async () => {
    const token = await fixture.app.token({ max_concurrent: 2 });
    const streams = [fixture.upstream.sse(), fixture.upstream.sse()];
    for (const stream of streams) {
      const client = await send(token);
      await stream.opened();
      await stream.event({ n: 1 });
      await client.sees('"n":1');
    }
    expect(await refusal(token)).toEqual([429, 'concurrency_exceeded', '1', '1000', 'true']);
    await streams[0]!.end();
    await until('the slot is free', () => running(token) === 1);
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
    expect(fixture.upstream.requests).toHaveLength(3);
  });

  it('counts a WebSocket until its socket is closed', async () => {
    const token = await fixture.app.token({ max_concurrent: 1 });
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const client = await socket(token);
    await upstream.opened();
    expect((await refusal(token))[1]).toBe('concurrency_exceeded');
    expect((await (await socket(token)).answer()).header('x-proxy-error')).toBe('concurrency_exceeded');
    client.socket.destroy();
    await until('the slot is free', () => running(token) === 0);
  });

  it('is taken away and given at the next call; what runs keeps running', async () => {
    const token = await fixture.app.token({ max_concurrent: 1 });
    const change = (value: number | null) =>
      fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, { max_concurrent: value });
    fixture.upstream.once(silence());
    await send(token);
    await fixture.upstream.nextRequest();
    expect((await refusal(token))[0]).toBe(429);
    await change(null);
    expect((await refusal(token))[0]).toBe(200);
    await change(1);
    expect((await refusal(token))[0]).toBe(429);
  });

  it('keeps no slot of a request that ends in any odd way', async () => {
    const token = await fixture.app.token({ max_concurrent: 3 });
    const nowhere = await fixture.app.project({ base_url: NOWHERE });
    const lost = await fixture.app.token({ max_concurrent: 3, project_id: nowhere.id });
    const odd: (() => Promise<unknown>)[] = [
      async () => {
        fixture.upstream.reply(silence());
        const client = await send(token);
        await fixture.upstream.nextRequest();
        client.destroy();
      },
      async () => {
        const stream = fixture.upstream.sse();
        const client = await send(token);
        await stream.opened();
        await stream.event({ n: 1 });
        await client.sees('"n":1');
        client.reset();
      },
      async () => {
        const client = await fixture.connect();
        await client.write(
          `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nContent-Length: 100\r\n\r\nhalf`,
        );
        client.destroy();
      },
      async () => {
        fixture.upstream.reply(resetBeforeHeaders());
        expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(502);
      },
      async () => {
        fixture.upstream.reply(finBeforeHeaders());
        expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(502);
      },
      async () => {
        fixture.upstream.reply(failing(403, 'no_realtime'));
        const client = await socket(token);
        expect((await client.answer()).status).toBe(403);
      },
      async () => {
        fixture.upstream.reply(new UpstreamSocket().handler);
        const client = await socket(token);
        expect((await client.answer()).status).toBe(101);
        client.socket.resetAndDestroy();
      },
      async () => expect((await fixture.call({ headers: fixture.headers(lost) })).status).toBe(502),
    ];
    for (let round = 0; round < 8; round += 1)
      for (const attempt of odd) {
        fixture.upstream.clear();
        await attempt();
        await until('nothing runs', () => running(token) + running(lost) === 0);
      }
  });

  it('keeps no slot of a client that leaves at once', async () => {
    const token = await fixture.app.token({ max_concurrent: 3 });
    for (let i = 0; i < 20; i += 1) {
      (await send(token)).reset();
      (await socket(token)).socket.destroy();
    }
    await until('nothing runs', () => running(token) === 0);
    expect((await refusal(token))[0]).toBe(200);
    await until('nothing runs', () => running(token) === 0);
  });

  it('keeps no slot of a request that another limit or the cap refuses', async () => {
    for (const bounds of [{ rate_limit_per_minute: 1 }, { max_requests: 1 }]) {
      const token = await fixture.app.token({ max_concurrent: 2, ...bounds });
      expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
      const answers = await Promise.all(Array.from({ length: 10 }, () => refusal(token)));
      expect(new Set(answers.map(([status]) => status))).toEqual(new Set([429]));
      await until('nothing runs', () => running(token) === 0);
    }
  });
});
