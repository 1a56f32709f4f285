import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { pseudoRandomBytes } from '../support/openai.files.js';
import { closeDelimited, hugeChunkExtension, oddHeader } from '../support/upstream.broken.js';
import { answer, bodiless, rawAnswer, slowUpload } from '../support/upstream.scenarios.js';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe('a hostile upstream', () => {
  const fixture = ProxyFixture.forTests({ UPSTREAM_BREAKER_FAILURES: '0' });
  const get = () => fixture.call({ method: 'GET', target: '/v1/models' });
  const endOf = async (id: string | undefined, end: string) =>
    until(`the line of ${id}`, () =>
      fixture.app.accessLines.some((line) => line['request_id'] === id && line['end'] === end),
    );

  it('RS-05 a body delimited by the close passes; one that a reset ends is broken off', async () => {
    fixture.upstream.once(closeDelimited('{"closed":true}'));
    expect(await get()).toMatchObject({ status: 200, text: '{"closed":true}', truncated: false });
    fixture.upstream.once(closeDelimited('{"half":', 'reset'));
    expect((await get()).truncated).toBe(true);
  });

  it('RS-05 to HTTP/1.0, where a close is the end, a broken response ends with a reset', async () => {
    for (const how of ['fin', 'reset'] as const) {
      fixture.upstream.once(rawAnswer(`${HEAD}transfer-encoding: chunked\r\n\r\n2\r\nab\r\n`, how));
      const client = await fixture.connect();
      await client.write(`GET /v1/models HTTP/1.0\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`);
      expect(await client.closed()).toBe('reset');
      client.destroy();
    }
  });

  it('UP-07 a transfer coding that was not asked for is 502, since its label would be lost', async () => {
    for (const coding of ['gzip, chunked', 'gzip']) {
      fixture.upstream.once(rawAnswer(`${HEAD}transfer-encoding: ${coding}\r\n\r\n0\r\n\r\n`, 'fin'));
      const response = await get();
      expect([response.status, response.header('x-proxy-error')]).toEqual([502, 'upstream_protocol']);
    }
  });

  it('RS-11 20 MB of chunk extension are cut off at 64 KB, before and after the first byte of a body', async () => {
    const extension = (before: string) =>
      rawAnswer(
        `${HEAD}transfer-encoding: chunked\r\n\r\n${before}2;x=${'x'.repeat(20_000_000)}\r\n{}\r\n0\r\n\r\n`,
        'keep',
      );
    for (const handler of [hugeChunkExtension(20_000_000), extension('2\r\n{}\r\n')]) {
      fixture.upstream.once(handler);
      const response = await get();
      expect(response.truncated).toBe(true);
      await endOf(response.header('x-proxy-request-id'), 'upstream');
    }
    fixture.upstream.once(hugeChunkExtension(1000));
    expect((await get()).text).toBe('{}');
  });

  it('RS-08 UP-08 a flood of interim responses is cut off at 64 KB', async () => {
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      while (await exchange.head(103, [['link', `<${'x'.repeat(900)}>`]])) if (exchange.request.closing) break;
    });
    const response = await get();
    expect([response.status, response.header('x-proxy-error')]).toEqual([502, 'upstream_protocol']);
  });

  it('RS-19 compressed bodies and 300 stacked encodings pass untouched', async () => {
    const zeros = gzipSync(Buffer.alloc(10_000_000));
    const stacked = Array.from({ length: 300 }, () => 'gzip').join(', ');
    for (const [body, coding] of [
      [zeros, 'gzip'],
      [brotliCompressSync(zeros), 'br'],
      [zeros, stacked],
    ] as const) {
      fixture.upstream.once(answer({ headers: [['content-encoding', coding]], body }));
      const response = await get();
      expect([response.header('content-encoding'), response.body.equals(body)]).toEqual([coding, true]);
    }
  });

  it('RS-20 a line of 50 MB without an end, NULs, and every line end pass unchanged as an event stream', async () => {
    const noise = pseudoRandomBytes(1024 * 1024, 20);
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await exchange.head(200, [
        ['content-type', 'text/event-stream'],
        ['transfer-encoding', 'chunked'],
      ]);
      for (const byte of 'data: {"n":1}\r\n\r\ndata:\0\rdata\n\n') await exchange.chunk(byte);
      for (let n = 0; n < 50; n += 1) await exchange.chunk(noise);
      await exchange.lastChunk();
    });
    const response = await fixture.call({ method: 'GET', target: '/v1/models' });
    const start = Buffer.from('data: {"n":1}\r\n\r\ndata:\0\rdata\n\n');
    expect(response.truncated).toBe(false);
    expect(response.body.length).toBe(start.length + 50 * noise.length);
    expect(response.body.subarray(0, start.length).equals(start)).toBe(true);
    expect(response.body.subarray(-noise.length).equals(noise)).toBe(true);
  });

  it('RS-17 bytes behind a 204 are dropped with their connection', async () => {
    fixture.upstream.once(bodiless(204, 'abc'));
    expect(await get()).toMatchObject({ status: 204, truncated: false });
    const [first] = fixture.upstream.requests;
    expect((await get()).text).toBe('{"ok":true}');
    expect(fixture.upstream.requests[1]?.connectionId).not.toBe(first?.connectionId);
  });

  it('HD-17 CR and LF in a value of the upstream never split a response; 8-bit bytes pass', async () => {
    for (const line of ['x-odd: a\rx-forged: 1', 'x-odd: a\nx-forged: 1', 'x-odd: a\0b']) {
      fixture.upstream.once(oddHeader(line));
      const response = await get();
      expect(response.header('x-forged')).toBeUndefined();
      expect(response.status).toBe(502);
    }
    fixture.upstream.once(oddHeader('x-odd: caf\xe9'));
    expect((await get()).header('x-odd')).toBe('caf\xe9');
  });

  it('HD-16 x-proxy-* of the upstream are not passed; its x-request-id and server-timing are, beside ours', async () => {
    fixture.upstream.once(
      answer({
        headers: [
          ['x-proxy-error', 'forged'],
          ['X-Proxy-Anything', 'forged'],
          ['x-request-id', 'req_1'],
          ['server-timing', 'db;dur=1'],
        ],
      }),
    );
    const response = await get();
    expect(response.rawHeaders.flat()).not.toContain('forged');
    expect(response.header('x-request-id')).toBe('req_1');
    expect(response.rawHeaders.filter(([name]) => name === 'server-timing')).toHaveLength(2);
  });

  it('UP-13 an upstream that reads slowly makes the client wait', async () => {
    fixture.upstream.once(slowUpload(100_000, async (exchange) => void (await exchange.request.closed(Infinity))));
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nContent-Length: 100000000\r\n\r\n`,
    );
    let accepted = 0;
    const piece = Buffer.alloc(1_000_000);
    void (async () => {
      while (accepted < 100_000_000 && (await client.write(piece))) accepted += piece.length;
    })();
    const request = await fixture.upstream.nextRequest();
    // At 100 KB/s this takes half a second: a client that does not wait has sent everything by then.
    await request.received(50_000);
    // The kernel's buffers of both connections, and not much more.
    expect(accepted).toBeLessThan(40_000_000);
    client.destroy();
    await until('the line', () =>
      fixture.app.accessLines.some((line) => line['path'] === '/v1/files' && line['end'] === 'client'),
    );
  });
});

describe('AU-14 a take', () => {
  const fixture = ProxyFixture.forTests();

  it('stays counted when the upstream got a byte, and is given back when it got none', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    fixture.upstream.once(rawAnswer('', 'reset'));
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(502);
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(1);
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nTransfer-Encoding: chunked\r\n\r\nnonsense`,
    );
    expect((await client.response()).status).toBe(400);
    client.destroy();
    await until('the count', async () => (await fixture.app.tokenById(token.id)).request_count === 1);
    expect(fixture.upstream.requests).toHaveLength(1);
  });
});
