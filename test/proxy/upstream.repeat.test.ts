import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { finBeforeHeaders } from '../support/upstream.scenarios.js';

describe('a request on an upstream connection that turns out to be stale', () => {
  const fixture = ProxyFixture.forTests();

  it('is sent once more when it is a GET', async () => {
    const call = () => fixture.call({ method: 'GET', target: '/v1/models' });
    expect((await call()).status).toBe(200);
    fixture.upstream.once(finBeforeHeaders());
    expect((await call()).status).toBe(200);
    expect(fixture.upstream.requests).toHaveLength(3);
  });

  it.each(['GET', 'DELETE'])('is never sent twice for a token with a cap, whatever the method: %s', async (method) => {
    const token = await fixture.app.token({ max_requests: 3 });
    const call = () => fixture.call({ method, target: '/v1/files/a', headers: fixture.headers(token) });
    expect((await call()).status).toBe(200);
    fixture.upstream.once(finBeforeHeaders());
    expect((await call()).header('x-proxy-error')).toBe('upstream_reset');
    expect((await call()).status).toBe(200);
    expect((await call()).header('x-proxy-error')).toBe('token_exhausted');
    expect(fixture.upstream.requests).toHaveLength(3);
  });

  it('is never sent twice when it is a POST', async () => {
    await fixture.call();
    fixture.upstream.once(finBeforeHeaders());
    const response = await fixture.call();
    expect([response.status, response.header('x-proxy-error')]).toEqual([502, 'upstream_reset']);
    expect(fixture.upstream.requests).toHaveLength(2);
    await until('the line', () => fixture.app.accessLines.some((line) => line['why'] === 'RESET'));
  });
});
