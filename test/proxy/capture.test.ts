import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { until } from '../support/app.js';
import { type Call, ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';

const SECRETS: readonly (readonly [string, string])[] = [
  ['Cookie', 'session=canary'],
  ['X-Api-Key', 'canary'],
  ['X-Custom', 'canary'],
];

/** Runs the tests with the exchanges that ended. */
function withCapture(mode: string, tests: (fixture: ProxyFixture, ended: (call?: Call) => Promise<Exchange>) => void) {
  describe(`OBSERVABILITY_CAPTURE_BODIES=${mode}`, () => {
    const fixture = ProxyFixture.forTests({
      OBSERVABILITY_CAPTURE_BODIES: mode,
      OBSERVABILITY_MAX_REQUEST_BODY_BYTES: '1000',
      OBSERVABILITY_MAX_RESPONSE_BODY_BYTES: '2000',
    });
    const closed: Exchange[] = [];
    beforeAll(() => fixture.app.running.observers.add({ onClosed: (exchange) => closed.push(exchange) }));
    beforeEach(() => void (closed.length = 0));
    tests(fixture, async (call) => {
      await fixture.call(call);
      await until('the end of the exchange', () => closed.length > 0);
      return closed[0]!;
    });
  });
}

const text = (body: { bytes: Uint8Array } | undefined) => Buffer.from(body?.bytes ?? []).toString();

withCapture('all', (fixture, ended) => {
  it('captures both bodies with harmless headers, and no credential', async () => {
    const headers = [...fixture.headers(), ...SECRETS, ['Content-Type', 'application/json'] as const];
    fixture.upstream.once(
      answer({ status: 200, headers: [['content-type', 'application/json'], ['set-cookie', 'a=canary']], body: '{"b":2}' }), // prettier-ignore
    );
    const { captured } = await ended({ headers, body: '{"a":1}' });
    expect([text(captured?.request), text(captured?.response)]).toEqual(['{"a":1}', '{"b":2}']);
    expect(captured?.request?.headers).toEqual({ 'content-type': 'application/json', 'content-length': '7' });
    expect(captured?.response?.headers).toEqual({ 'content-type': 'application/json', 'content-length': '7' });
    expect(JSON.stringify(captured)).not.toContain('canary');
  });

  it('captures no credential that a client or an upstream writes into a harmless header', async () => {
    const token = `sk-wt-${'x'.repeat(38)}`;
    fixture.upstream.once(
      answer({ status: 200, headers: [['content-type', 'application/json'], ['openai-version', `key sk-proj-${'y'.repeat(40)}`]], body: '{}' }), // prettier-ignore
    );
    const { captured } = await ended({ headers: [...fixture.headers(), ['User-Agent', `app ${token}`]], body: '{}' });
    expect(JSON.stringify(captured)).not.toMatch(/x{38}|y{40}/);
    expect(captured?.response?.headers['openai-version']).toBe('key sk-…');
  });

  it.each([1000, 1001, 100_000])('captures the first bytes of a request of %i', async (size) => {
    const body = randomBytes(size);
    const { captured } = await ended({ body });
    expect(Buffer.from(captured!.request!.bytes).equals(body.subarray(0, 1000))).toBe(true);
    expect(captured!.request!.truncated).toBe(size > 1000);
  });

  it.each([2000, 2001, 200_000])('captures the first bytes of a response of %i', async (size) => {
    const body = randomBytes(size);
    fixture.upstream.once(answer({ status: 200, headers: [], body }));
    const { captured } = await ended();
    expect(Buffer.from(captured!.response!.bytes).equals(body.subarray(0, 2000))).toBe(true);
    expect(captured!.response!.truncated).toBe(size > 2000);
  });

  it.each(['/v1/realtime/client_secrets', '/v1/chatkit/sessions'])('captures nothing of %s', async (target) => {
    expect((await ended({ target, body: '{"a":1}' })).captured).toBeUndefined();
  });
});

withCapture('errors', (fixture, ended) => {
  it('captures nothing of a response that is well', async () => {
    expect((await ended({ body: '{"a":1}' })).captured).toBeUndefined();
  });

  it('captures both bodies of an error', async () => {
    fixture.upstream.once(answer({ status: 400, headers: [], body: '{"error":{}}' }));
    const { captured } = await ended({ body: '{"a":1}' });
    expect([text(captured?.request), text(captured?.response)]).toEqual(['{"a":1}', '{"error":{}}']);
  });

  it('captures a response that breaks off', async () => {
    fixture.upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await exchange.head(200, [['transfer-encoding', 'chunked']]);
      await exchange.chunk('begun');
      exchange.fin();
    });
    const { captured } = await ended({ body: '{"a":1}' });
    expect([text(captured?.request), text(captured?.response)]).toEqual(['{"a":1}', 'begun']);
    expect(captured?.response?.truncated).toBe(true);
  });
});

withCapture('off', (fixture, ended) => {
  it('captures nothing', async () => {
    fixture.upstream.once(answer({ status: 500, headers: [], body: '{"error":{}}' }));
    expect((await ended({ body: '{"a":1}' })).captured).toBeUndefined();
  });
});
