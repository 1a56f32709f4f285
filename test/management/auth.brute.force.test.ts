import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_FAILURES } from '../../src/auth/failure.throttle.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { refused } from '../support/refusal.js';

describe('AD-07 guessing the management token', () => {
  let app: TestApp;
  afterEach(async () => {
    vi.restoreAllMocks();
    await app.close();
  });

  const guess = (token: string | null, forwardedFor?: string) =>
    fetch(`${app.url}/manage/projects`, {
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(forwardedFor ? { 'x-forwarded-for': forwardedFor } : {}),
      },
    });
  const guessWrongly = async (times: number, forwardedFor?: string) => {
    for (let i = 0; i < times; i += 1)
      expect(await refused(guess(`wrong-${i}`, forwardedFor))).toMatchObject({ status: 401, code: 'unauthorized' });
  };

  it('is refused with 429 and Retry-After after some failures, and then the right token is refused too', async () => {
    app = await TestApp.start();
    await guessWrongly(MAX_FAILURES + 1);
    for (const token of ['wrong', MANAGEMENT_TOKEN, null]) {
      const answer = await guess(token);
      const waitS = Number(answer.headers.get('retry-after'));
      expect(waitS).toBeGreaterThan(0);
      expect(waitS).toBeLessThanOrEqual(60);
      expect(await refused(answer)).toMatchObject({ status: 429, code: 'too_many_attempts' });
    }
    const now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now + 61_000);
    expect((await guess(MANAGEMENT_TOKEN)).status).toBe(200);
    expect((await guess('wrong')).status).toBe(401);
  });

  it('is slowed whatever route is tried, while all else goes on', async () => {
    app = await TestApp.start();
    const { token } = await app.token();
    await guessWrongly(MAX_FAILURES + 1);
    for (const [method, path] of [
      ['GET', '/manage/tokens'],
      ['POST', '/manage/projects'],
      ['DELETE', '/manage/tokens/1'],
    ] as const)
      expect(await refused(app.manage(method, path))).toMatchObject({ status: 429 });
    for (const path of ['/live', '/ready', '/health', '/docs/json'])
      expect((await fetch(`${app.url}${path}`)).status).toBe(200);
    const proxied = await fetch(`${app.url}/v1/nothing`, { headers: { authorization: `Bearer ${token}x` } });
    expect(proxied.headers.get('x-proxy-error')).toBe('token_malformed');
  });

  it('is not slowed by success, nor by a call without a credential', async () => {
    app = await TestApp.start();
    for (let i = 0; i < MAX_FAILURES * 2; i += 1)
      expect((await guess(i % 2 === 0 ? MANAGEMENT_TOKEN : null)).status).toBe(i % 2 === 0 ? 200 : 401);
    await guessWrongly(MAX_FAILURES);
    expect((await guess(MANAGEMENT_TOKEN)).status).toBe(200);
  });

  it('cannot be spread over addresses that the client makes up', async () => {
    app = await TestApp.start();
    for (let i = 0; i <= MAX_FAILURES; i += 1) await guess('wrong', `198.51.100.${i}`);
    expect((await guess(MANAGEMENT_TOKEN, '192.0.2.1')).status).toBe(429);
  });

  it('counts by the client’s address behind a proxy that is trusted', async () => {
    app = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1' });
    await guessWrongly(MAX_FAILURES + 1, '198.51.100.1');
    expect((await guess(MANAGEMENT_TOKEN, '198.51.100.1')).status).toBe(429);
    expect((await guess(MANAGEMENT_TOKEN, '198.51.100.2')).status).toBe(200);
    expect((await guess(MANAGEMENT_TOKEN, '198.51.100.2, 198.51.100.1')).status).toBe(429);
  });

  it('leaves no guess in the log', async () => {
    app = await TestApp.start({ LOG_LEVEL: 'trace' });
    await guess('a-wrong-guess-canary');
    expect(app.log).not.toContain('guess-canary');
    expect(app.accessLines.at(-1)).toMatchObject({ status: 401, code: 'unauthorized', end: 'auth' });
  });
});
