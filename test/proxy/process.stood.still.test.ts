import type { Socket } from 'node:net';
import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

/** Blocks the thread, as a stop of the process does: what arrives meanwhile lies in the sockets. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a process that stood still longer than its limits', () => {
  const fixture = ProxyFixture.forTests({
    UPSTREAM_HEADERS_TIMEOUT: '300ms',
    UPSTREAM_IDLE_TIMEOUT: '300ms',
    CLIENT_STALL_TIMEOUT: '300ms',
    UPSTREAM_BREAKER_FAILURES: '2',
  });
  let server: ReturnType<typeof fixture.app.running.app.getHttpServer>;
  beforeEach(() => (server = fixture.app.running.app.getHttpServer()));

  it('passes on the responses and events that lie in its sockets, and opens no breaker', async () => {
    fixture.upstream.reply(async (exchange) => {
      await exchange.receiveAll();
      const answered = exchange.answer({ body: 'late' });
      standStill(900);
      await answered;
    });
    for (let n = 0; n < 3; n += 1) expect((await fixture.call()).status).toBe(200);
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    await paced.opened();
    await paced.event({ n: 1 });
    await client.sees('"n":1');
    void paced.event({ n: 2 });
    standStill(900);
    await client.sees('"n":2');
    await paced.end();
    expect((await client.response()).truncated).toBe(false);
    client.destroy();
  });

  it('serves a request whose headers have arrived meanwhile', async () => {
    server.headersTimeout = 300;
    const client = await fixture.connect();
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    expect((await fixture.call()).status).toBe(200);
    void client.write('a\r\n\r\n');
    standStill(1500);
    expect((await client.response()).status).toBe(200);
    server.headersTimeout = 10_000;
    client.destroy();
  });

  it('serves the next request on a connection whose keep-alive time is over', async () => {
    const kept = once(server, 'connection') as Promise<[Socket]>;
    const client = await fixture.connect();
    const [socket] = await kept;
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.response()).status).toBe(200);
    socket.setTimeout(100);
    void client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    standStill(300);
    expect((await client.response()).status).toBe(200);
    client.destroy();
  });

  it('still closes an idle connection whose keep-alive time is over', async () => {
    const kept = once(server, 'connection') as Promise<[Socket]>;
    const client = await fixture.connect();
    const [socket] = await kept;
    socket.setTimeout(50);
    expect(await client.closed()).toBe('fin');
    client.destroy();
  });
});
