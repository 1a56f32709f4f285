import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connector } from '../../src/upstream/upstream.connector.js';
import { UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { RawUpstream, ObserverSpy } from '../support/raw.upstream.js';
import { until } from '../support/until.js';

const seed = Number(process.env['UPSTREAM_DIFFERENTIAL_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Math.ceil(Number(process.env['UPSTREAM_DIFFERENTIAL_RUNS'] ?? 1500) / 5);

const value = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\xe9', '\xff', ':', '"'), maxLength: 30 });
const piece = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.integer({ min: 1, max: 100_000 }).map((bytes) => 'b'.repeat(bytes)),
);
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'QUERY'),
  target: fc.stringMatching(/^\/[!-~]{0,40}$/),
  headers: fc.array(fc.tuple(fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/), value), { maxLength: 6 }),
  pieces: fc.array(piece, { maxLength: 4 }),
  sent: fc.constantFrom('whole' as const, 'stream' as const, 'chunks' as const),
});

describe('upstream requests', () => {
  let upstream: RawUpstream;
  let pool: UpstreamPool;
  beforeAll(async () => {
    upstream = await RawUpstream.open();
    const connect = connector(`http://127.0.0.1:${upstream.port}`, { timeoutMs: 5000 });
    pool = new UpstreamPool({ connect, maxConnections: 1, idleMs: 10_000 });
  });
  afterAll(async () => {
    pool.close();
    await upstream.close();
  });

  it(`of ${numRuns} (seed ${seed}) arrive byte for byte on one connection`, async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, target, headers, pieces, sent }) => {
        const text = pieces.join('');
        const length = sent === 'chunks' ? undefined : text.length;
        const flat = [...headers.flat(), ...(length ? ['Content-Length', String(length)] : [])];
        const whole = text === '' ? null : Buffer.from(text, 'latin1');
        const body = sent === 'whole' ? whole : Readable.from(pieces.map((part) => Buffer.from(part, 'latin1')));
        const observer = new ObserverSpy();
        pool.dispatch({ method, target, host: 'a:1', headers: flat, length }, body, observer);
        const chunked = `${pieces.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;
        const framing = length === undefined ? 'Transfer-Encoding: chunked\r\n' : '';
        const lines = flat.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
        const expected = `${method} ${target} HTTP/1.1\r\nHost: a:1\r\n${lines}${framing}\r\n${length === undefined ? chunked : text}`;
        const connection = await upstream.connection();
        await until('the request', () => connection.text.length >= expected.length);
        expect(connection.text).toBe(expected);
        connection.text = '';
        connection.respond('HTTP/1.1 204 No Content\r\n\r\n');
        await observer.over();
      }),
      { seed, numRuns, endOnFailure: true },
    );
    expect(upstream.connections).toHaveLength(1);
    process.stdout.write(`upstream requests: ${numRuns}, seed ${seed}, 0 differences\n`);
  }, 600_000);
});
