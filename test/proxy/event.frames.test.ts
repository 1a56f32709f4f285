import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

const SIZES = [1, 15, 16, 255, 256, 3999, 4000, 4001, 70_000];

describe('the frames of an event stream', () => {
  const fixture = ProxyFixture.forTests();
  const opened = async (version: '1.0' | '1.1') => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.write(
      `POST /v1/responses HTTP/${version}\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nContent-Length: 2\r\n\r\n{}`,
    );
    await paced.opened();
    return { paced, client };
  };

  it.each(['1.1', '1.0'] as const)('carry pieces of every size, to a client of HTTP/%s', async (version) => {
    const { paced, client } = await opened(version);
    let sent = '';
    for (const [n, size] of [...SIZES, ...SIZES.toReversed()].entries()) {
      const part = `${n}.`.padEnd(size, 'x');
      sent += part;
      await paced.send(part);
      await client.sees(part.slice(-100));
    }
    await paced.end();
    const response = await client.response();
    expect([response.truncated, response.faults, response.text === sent]).toEqual([false, [], true]);
    client.destroy();
  });

  it('come one after the other to a client with several requests on one connection', async () => {
    const client = await fixture.connect();
    for (const n of [1, 2, 3]) {
      const paced = fixture.upstream.sse();
      await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
      await paced.opened();
      for (const part of ['a', 'b', 'c']) await paced.event({ n, part });
      await paced.end();
      const { text, faults } = await client.response();
      expect([faults, text.match(new RegExp(`"n":${n}`, 'g'))?.length]).toEqual([[], 3]);
    }
    client.destroy();
  });

  it('are waited for once, by however many pieces a client is behind', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await exchange.head(200, [
        ['content-type', 'text/event-stream'],
        ['transfer-encoding', 'chunked'],
      ]);
      // Many small pieces in one read, until no more are taken.
      const many = Buffer.from('1\r\nx\r\n'.repeat(10_000));
      while (await exchange.write(many));
    });
    const client = await fixture.connect();
    const seen = once(fixture.app.running.app.getHttpServer(), 'request') as Promise<[unknown, ServerResponse]>;
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    client.pause();
    const request = await fixture.upstream.nextRequest();
    const [, response] = await seen;
    const socket = response.socket!;
    const waits = () => socket.listenerCount('drain') + response.listenerCount('drain');
    const before = waits();
    await until('the client to be behind', () => socket.writableNeedDrain);
    // The pieces of that read have been written when the next request is served.
    expect((await fixture.call({ method: 'GET', target: '/live', headers: [] })).status).toBe(200);
    expect([socket.writableNeedDrain, waits()]).toEqual([true, before + 1]);
    client.destroy();
    await request.closed();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});
