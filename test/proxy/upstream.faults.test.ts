import { describe, expect, it } from 'vitest';
import { RequestCounter } from '../../src/token/ledger/request.counter.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import {
  badChunk,
  garbage,
  hugeHeaders,
  oddHeader,
  shortBody,
  stallAfter,
  truncatedChunks,
  twoAnswers,
} from '../support/upstream.broken.js';
import type { Handler } from '../support/upstream.connection.js';
import {
  bodiless,
  endlessInterim,
  finBeforeHeaders,
  rateLimited,
  redirect,
  resetBeforeHeaders,
  silence,
} from '../support/upstream.scenarios.js';

const BEFORE_A_RESPONSE: [string, Handler, number, string][] = [
  ['RS-01 a FIN', finBeforeHeaders(), 502, 'upstream_reset'],
  ['RS-02 UP-04 a reset', resetBeforeHeaders(), 502, 'upstream_reset'],
  ['RS-14 20 KB of header', hugeHeaders({ bytes: 20_000 }), 502, 'upstream_protocol'],
  [
    'RS-14 thousands of headers',
    oddHeader(Array.from({ length: 2500 }, () => 'x: a').join('\r\n')),
    502,
    'upstream_protocol',
  ],
  ['RS-12 bytes that are not HTTP', garbage(), 502, 'upstream_protocol'],
  ['HD-17 a NUL in a header', oddHeader('x-odd: a\0b'), 502, 'upstream_protocol'],
];

describe('an upstream that fails', () => {
  const fixture = ProxyFixture.forTests();

  it.each(BEFORE_A_RESPONSE)('with %s is refused with a code of its own', async (_what, handler, status, code) => {
    fixture.upstream.once(handler);
    const response = await fixture.call();
    expect([response.status, response.header('x-proxy-error')]).toEqual([status, code]);
    expect(fixture.upstream.requests).toHaveLength(1);
  });

  it.each([
    ['RS-04 a FIN', truncatedChunks()],
    ['UP-05 a reset', truncatedChunks(undefined, 'reset')],
    ['RS-06 too few bytes', shortBody()],
    ['RS-10 a bad chunk', badChunk()],
  ] as [string, Handler][])('mid body with %s truncates the response', async (_what, handler) => {
    fixture.upstream.once(handler);
    const response = await fixture.call();
    expect(response.truncated).toBe(true);
    const id = response.header('x-proxy-request-id');
    await until('the access log line', () =>
      fixture.app.accessLines.some((line) => line['request_id'] === id && line['end'] === 'upstream'),
    );
  });

  it('RS-16 by redirecting is not followed', async () => {
    fixture.upstream.once(redirect(307, 'http://evil.example/v1/x'));
    const response = await fixture.call();
    expect([response.status, response.header('location')]).toEqual([307, 'http://evil.example/v1/x']);
    expect(fixture.upstream.requests).toHaveLength(1);
  });

  it('UP-10 with 429 is passed on unchanged and not retried', async () => {
    fixture.upstream.once(rateLimited(20));
    const response = await fixture.call();
    expect([response.status, response.header('retry-after'), response.header('x-proxy-error')]).toEqual([
      429,
      '20',
      undefined,
    ]);
    expect(fixture.upstream.requests).toHaveLength(1);
  });

  it('RS-13 RS-17 with stray responses never uses them for the next request', async () => {
    for (const handler of [twoAnswers(), bodiless(204, 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison')]) {
      fixture.upstream.once(handler);
      await fixture.call({ method: 'GET', target: '/v1/models' });
      const next = await fixture.call({ method: 'GET', target: '/v1/models' });
      expect(next.text).toBe('{"ok":true}');
    }
  });
});

describe('an upstream that is unreachable', () => {
  const fixture = ProxyFixture.forTests({ OPENAI_API_URL: 'http://127.0.0.1:1' });

  it('UP-01 is upstream_unreachable, and the take is given back', async () => {
    for (const fields of [{ max_requests: 2 }, {}]) {
      const token = await fixture.app.token(fields);
      for (const body of ['{}', Buffer.alloc(200_000)]) {
        const response = await fixture.call({ headers: fixture.headers(token), body });
        expect([response.status, response.header('x-proxy-error'), response.header('x-should-retry')]).toEqual([
          502,
          'upstream_unreachable',
          'true',
        ]);
      }
      await fixture.app.running.app.get(RequestCounter).flush();
      await until('the count', async () => (await fixture.app.tokenById(token.id)).request_count === 0);
    }
  });
});

describe('an upstream that is slow', () => {
  const fixture = ProxyFixture.forTests({
    UPSTREAM_HEADERS_TIMEOUT: '300ms',
    UPSTREAM_IDLE_TIMEOUT: '300ms',
    STREAM_MAX_DURATION: '1500ms',
    CLIENT_STALL_TIMEOUT: '400ms',
  });

  it('to respond is upstream_timeout; RS-08 informational responses do not extend it', async () => {
    for (const handler of [silence(), endlessInterim(50)]) {
      fixture.upstream.once(handler);
      const response = await fixture.call();
      expect([response.status, response.header('x-proxy-error')]).toEqual([504, 'upstream_timeout']);
      const id = response.header('x-proxy-request-id');
      await until('the reason in the log', () =>
        fixture.app.accessLines.some((line) => line['request_id'] === id && line['why'] === 'HEADERS_TIMEOUT'),
      );
    }
  });

  it('RS-07 mid stream is cut and logged as upstream_timeout', async () => {
    fixture.upstream.once(stallAfter('data: 1\n\n'));
    const response = await fixture.call();
    expect([response.status, response.truncated]).toEqual([200, true]);
    const id = response.header('x-proxy-request-id');
    await until('the access log line', () =>
      fixture.app.accessLines.some(
        (line) => line['request_id'] === id && line['end'] === 'upstream_timeout' && line['why'] === 'IDLE_TIMEOUT',
      ),
    );
  });

  it('RS-22 UP-11 without an end is cut at STREAM_MAX_DURATION', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    const request = await paced.opened();
    const timer = setInterval(() => void paced.send('data: x\n\n'), 50);
    await request.closed();
    clearInterval(timer);
    expect((await client.response()).truncated).toBe(true);
    client.destroy();
  });

  it('FR-28 a client that stops sending its body is timed out, and nothing is counted', async () => {
    const token = await fixture.app.token({ max_requests: 2 });
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nContent-Length: 10\r\n\r\nabc`,
    );
    const response = await client.response();
    expect([response.status, response.header('x-proxy-error')]).toEqual([408, 'request_timeout']);
    expect(fixture.upstream.requests).toHaveLength(0);
    await until('the count', async () => (await fixture.app.tokenById(token.id)).request_count === 0);
    client.destroy();
  });

  it('CL-05 a client that stops reading is disconnected', async () => {
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await exchange.head(200, [
        ['content-type', 'text/event-stream'],
        ['transfer-encoding', 'chunked'],
      ]);
      while (await exchange.chunk(Buffer.alloc(65_536))) if (exchange.request.closing) break;
    });
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    client.pause();
    const request = await fixture.upstream.nextRequest();
    expect((await request.closed()).by).toBe('peer');
    await until('the access log line', () =>
      fixture.app.accessLines.some((line) => line['path'] === '/v1/responses' && line['end'] === 'client'),
    );
    client.destroy();
  });
});
