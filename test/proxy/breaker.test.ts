import { afterEach, describe, expect, it, vi } from 'vitest';
import { PROBE_EVERY_MS } from '../../src/proxy/admission/upstream.breaker.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
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

  it('passes the upstream’s own 503 on, and counts it', async () => {
    const token = await fixture.app.token();
    fixture.upstream.reply(failing(503, 'overloaded'));
    const answers = [];
    for (let i = 0; i < 4; i += 1) answers.push(await outcome(token));
    expect(answers).toEqual([503, 503, 503, 'upstream_unavailable']);
  });

  it('is not opened by clients that leave or by responses of 4xx and 500', async () => {
    const token = await fixture.app.token();
    fixture.upstream.reply(failing(500, 'server_error'));
    for (let i = 0; i < 5; i += 1) expect(await outcome(token)).toBe(500);
    expect(await outcome(token)).toBe(500);
  });
});
