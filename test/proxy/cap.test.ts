import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('max_requests', () => {
  const fixture = ProxyFixture.forTests();

  it('AU-11 of 10 under 100 parallel calls passes exactly 10 to the upstream', async () => {
    const token = await fixture.app.token({ max_requests: 10 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => fixture.call({ headers: fixture.headers(token) })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(
      answers.filter((answer) => answer.status === 429 && answer.header('x-proxy-error') === 'token_exhausted'),
    ).toHaveLength(90);
    expect(fixture.upstream.requests).toHaveLength(10);
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ request_count: 10, remaining_requests: 0 });
  });

  it('raised, lowered and taken away is in force at the next call', async () => {
    const token = await fixture.app.token({ max_requests: 1 });
    const set = (max: number | null) =>
      fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, { max_requests: max });
    const status = async () => (await fixture.call({ headers: fixture.headers(token) })).status;
    expect([await status(), await status()]).toEqual([200, 429]);
    await set(2);
    expect([await status(), await status()]).toEqual([200, 429]);
    await set(null);
    expect([await status(), await status()]).toEqual([200, 200]);
    await until(
      'the counts behind the answers',
      async () => (await fixture.app.tokenById(token.id)).request_count === 4,
    );
    await set(3);
    expect(await status()).toBe(429);
  });

  it('survives a restart, as does everything else', async () => {
    const token = await fixture.app.token({ max_requests: 3 });
    await fixture.call({ headers: fixture.headers(token) });
    await fixture.call();
    const before = await (await fixture.app.manage('GET', '/manage/projects')).json();
    fixture.app = await fixture.app.restart();
    expect(await (await fixture.app.manage('GET', '/manage/projects')).json()).toEqual(before);
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ request_count: 1, remaining_requests: 2 });
    expect((await fixture.app.tokenById(fixture.token.id)).request_count).toBe(1);
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
  });
});
