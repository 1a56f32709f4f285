import { afterEach, describe, expect, it, vi } from 'vitest';
import { PROBE_EVERY_MS } from '../../src/proxy/admission/upstream.breaker.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { garbage } from '../support/upstream.broken.js';
import { failing, resetBeforeHeaders } from '../support/upstream.scenarios.js';

describe('the breaker', () => {
  const fixture = ProxyFixture.forTests({ UPSTREAM_BREAKER_FAILURES: '3' });
  afterEach(() => vi.restoreAllMocks());
  const outcome = async (token: { token: string }) => {
    const response = await fixture.call({ headers: fixture.headers(token) });
    return response.header('x-proxy-error') ?? response.status;
  };

  it('UP-14 opens for the project whose upstream fails, takes nothing while open, and closes after one probe', async () => {
    const failed = await fixture.app.token({ max_requests: 10 });
    const other = await fixture.app.token();
    fixture.upstream.reply(resetBeforeHeaders());
    for (let i = 0; i < 3; i += 1) expect(await outcome(failed)).toBe('upstream_reset');
    const { length } = fixture.upstream.requests;
    const refused = await fixture.call({ headers: fixture.headers(failed) });
    expect([refused.status, refused.header('x-proxy-error'), refused.header('x-should-retry')]).toEqual([
      503,
      'upstream_unavailable',
      'true',
    ]);
    expect(Number(refused.header('retry-after-ms'))).toBeLessThanOrEqual(PROBE_EVERY_MS);
    expect(fixture.upstream.requests).toHaveLength(length);
    expect((await fixture.app.tokenById(failed.id)).request_count).toBe(3);
    expect(await outcome(other)).toBe('upstream_reset');

    fixture.upstream.reply(failing(404, 'model_not_found'));
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + PROBE_EVERY_MS);
    expect([await outcome(failed), await outcome(failed)]).toEqual([404, 404]);
  });

  it.each([429, 500, 502, 503, 504])('is not opened by the upstream’s own %i', async (status) => {
    const token = await fixture.app.token();
    fixture.upstream.reply(failing(status, 'overloaded'));
    for (let i = 0; i < 5; i += 1) expect(await outcome(token)).toBe(status);
  });

  it('is not opened by responses that are not valid: the upstream is there', async () => {
    const token = await fixture.app.token();
    fixture.upstream.reply(garbage());
    for (let i = 0; i < 5; i += 1) expect(await outcome(token)).toBe('upstream_protocol');
  });

  it('begins to count again after a 503 of the upstream', async () => {
    const token = await fixture.app.token();
    for (const handler of [
      resetBeforeHeaders(),
      resetBeforeHeaders(),
      failing(503, 'overloaded'),
      resetBeforeHeaders(),
    ]) {
      fixture.upstream.reply(handler);
      expect(await outcome(token)).not.toBe('upstream_unavailable');
    }
    expect(await outcome(token)).toBe('upstream_reset');
  });
});
