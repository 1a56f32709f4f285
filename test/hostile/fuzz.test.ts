import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { RawClient } from '../support/raw.client.js';
import type { RecordedRequest } from '../support/recorded.request.js';
import { answer } from '../support/upstream.scenarios.js';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FUZZ_RUNS'] ?? 2000);
/** Mutants in flight at a time. */
const LANES = 16;
const INCOMPLETE_MS = 100;

const BASES = (token: string): string[] => {
  const auth = `Host: a\r\nAuthorization: Bearer ${token}\r\n`;
  return [
    `GET /v1/models?a=b HTTP/1.1\r\n${auth}\r\n`,
    `POST /v1/files HTTP/1.1\r\n${auth}Content-Length: 5\r\n\r\nhello`,
    `POST /v1/files HTTP/1.1\r\n${auth}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n`,
    `POST /v1/files HTTP/1.1\r\n${auth}Content-Length: 38\r\nX-A: 1\r\nConnection: keep-alive, X-A\r\n\r\nGET /v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /v1/a HTTP/1.1\r\n${auth}\r\nGET /v1/b HTTP/1.1\r\n${auth}\r\n`,
    `POST /v1/x HTTP/1.0\r\n${auth}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}`,
  ];
};
const SPLICES = [
  '\r\n', '\n', '\r', '\0', ' ', '\t', ':', ',', ';', '//', '/../', '%2e', '0\r\n\r\n', 'chunked', 'gzip, ', '\xff', '-1', '\r\n ', 'HTTP/2.0',
  'Content-Length: 3\r\n', 'Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding : x\r\n', 'Host: b\r\n', 'Upgrade: h2c\r\n',
  'GET /v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n', 'Connection: close\r\n', 'ffffffffffffffff\r\n', 'Authorization: Bearer x\r\n', 'TRACE ', 'http://evil',
]; // prettier-ignore

/** mulberry32: a seed gives the same mutants on every machine. */
function randomOf(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutate(base: string, random: (below: number) => number): string {
  let text = base;
  for (let n = 1 + random(3); n > 0; n -= 1) {
    const [at, length] = [random(text.length), random(12)];
    const splice = SPLICES[random(SPLICES.length)]!;
    const kinds = [
      () => text.slice(0, at) + splice + text.slice(at),
      () => text.slice(0, at) + splice + text.slice(at + length),
      () => text.slice(0, at) + text.slice(at + length),
      () => text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length),
    ];
    text = kinds[random(kinds.length)]!();
  }
  return text;
}

describe('FR-34 mutated requests', () => {
  const fixture = ProxyFixture.forTests({
    LOG_LEVEL: 'error',
    UPSTREAM_BREAKER_FAILURES: '0',
    CLIENT_STALL_TIMEOUT: '2s',
  });
  const seen = { mutants: 0, forwarded: 0, answered: 0 };
  afterAll(
    () =>
      void process.stdout.write(
        `fuzz: ${seen.mutants} mutants, seed ${seed}, ${seen.answered} answered, ${seen.forwarded} requests upstream, 0 malformed\n`,
      ),
  );

  it(`never reach the upstream but as plain requests (${runs} mutants, seed ${seed})`, async () => {
    const random = randomOf(seed);
    const bases = BASES(fixture.token.token);
    fixture.upstream.reply(answer({ body: 'ok' }));
    const lane = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) await fire(mutate(bases[random(bases.length)]!, random));
    };
    const fire = async (mutant: string): Promise<void> => {
      seen.mutants += 1;
      const client = await RawClient.connect(fixture.app.port);
      await client.write(mutant);
      // What is incomplete waits for its rest: a FIN ends that.
      await client.sees('HTTP/1.1 ', INCOMPLETE_MS).catch(() => undefined);
      client.end();
      await client.closed();
      seen.answered += Number(client.received.length > 0);
      expect(client.received.length === 0 || /^HTTP\/1\.1 [1-5]\d\d /.test(client.received.toString('latin1'))).toBe(
        true,
      );
      client.destroy();
      if (fixture.upstream.requests.length > 500) forget(fixture.upstream.requests);
    };
    const forget = (requests: RecordedRequest[]): void => {
      for (const request of requests) expectPlain(request);
      seen.forwarded += requests.length;
      requests.length = 0;
    };
    await Promise.all(Array.from({ length: LANES }, () => lane(Math.ceil(runs / LANES))));
    forget(fixture.upstream.requests);
    expect((await fixture.call()).status).toBe(200);
    await until('nothing to run any more', () => fixture.app.running.lifecycle.running === 0);
    expect(fixture.app.log).toBe('');
  }, 3_600_000);
});

/** A request that re-serialises from what it was parsed to: one host, one framing, our key, and nothing smuggled. */
function expectPlain(request: RecordedRequest): void {
  const { faults, target } = request;
  expect({ faults, head: request.rawHead.toString('latin1') }).toEqual({
    faults: [],
    head: expect.any(String) as string,
  });
  expect(target).toMatch(/^\/v1\/[\x21-\x7e]*$/);
  expect(target).not.toBe('/v1/smuggled');
  expect(request.headerValues('authorization')).toHaveLength(1);
  expect(request.headerValues('content-length').length + request.headerValues('transfer-encoding').length).toBeLessThan(
    2,
  );
}
