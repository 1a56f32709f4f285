import { afterEach, describe, expect, it, vi } from 'vitest';
import { OperatorDirectory } from '../../src/auth/operator.directory.js';
import { OPERATOR_SECRETS } from '../../src/auth/operator.secret.js';
import { MAX_FAILURES, MAX_FAILURES_OVERALL } from '../../src/auth/failure.throttle.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { operator } from '../support/operators.js';
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

  it('is refused with 429 and Retry-After after some failures, until the wait is over', async () => {
    app = await TestApp.start();
    await guessWrongly(MAX_FAILURES);
    const answer = await guess('wrong');
    const waitS = Number(answer.headers.get('retry-after'));
    expect(waitS).toBeGreaterThan(0);
    expect(waitS).toBeLessThanOrEqual(60);
    expect(await refused(answer)).toMatchObject({ status: 429, code: 'too_many_attempts' });
    const now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now + 61_000);
    expect((await guess('wrong')).status).toBe(401);
  });

  it('never delays the right token, nor a call without a credential', async () => {
    app = await TestApp.start();
    await guessWrongly(MAX_FAILURES);
    for (let i = 0; i < MAX_FAILURES; i += 1) {
      expect((await guess('wrong')).status).toBe(429);
      expect((await guess(MANAGEMENT_TOKEN)).status).toBe(200);
    }
    expect((await guess(null)).status).toBe(401);
  });

  it('from 200 addresses locks out no address with the right token', async () => {
    app = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1' });
    const addresses = Array.from({ length: 200 }, (_, i) => `198.51.100.${i}`);
    const wrong: number[] = [];
    for (const address of addresses) wrong.push((await guess('wrong', address)).status);
    expect(wrong).toEqual(addresses.map((_, i) => (i < MAX_FAILURES_OVERALL ? 401 : 429)));
    for (const address of [...addresses, '192.0.2.1'])
      expect((await guess(MANAGEMENT_TOKEN, address)).status).toBe(200);
    expect((await guess('wrong', '192.0.2.1')).status).toBe(429);
  });

  it('from 200 addresses locks out neither the management token, the previous one nor an operator', async () => {
    const previous = 'mgmt-previous-0123456789abcdefghijklmnop';
    app = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1', MANAGEMENT_TOKEN_PREVIOUS: previous });
    const { token } = await operator(app);
    const addresses = Array.from({ length: 200 }, (_, i) => `198.51.100.${i}`);
    // Half of them are well-formed credentials of operators, which cost a query each until the block.
    const read = vi.spyOn(app.running.app.get(OperatorDirectory), 'read');
    const wrong: number[] = [];
    for (const [i, address] of addresses.entries())
      wrong.push((await guess(i % 2 ? OPERATOR_SECRETS.create() : 'wrong', address)).status);
    expect(wrong).toEqual(addresses.map((_, i) => (i < MAX_FAILURES_OVERALL ? 401 : 429)));
    expect(read.mock.calls.length).toBe(MAX_FAILURES_OVERALL / 2);
    for (const address of [...addresses, '192.0.2.1'])
      for (const right of [MANAGEMENT_TOKEN, previous, token]) expect((await guess(right, address)).status).toBe(200);
    expect((await guess(OPERATOR_SECRETS.create(), '192.0.2.1')).status).toBe(429);
    expect(read.mock.calls.length).toBe(MAX_FAILURES_OVERALL / 2);
  });

  it('at once cannot outrun the count of failures', async () => {
    app = await TestApp.start();
    const read = vi.spyOn(app.running.app.get(OperatorDirectory), 'read');
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await guess(OPERATOR_SECRETS.create())).status),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(MAX_FAILURES);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - MAX_FAILURES);
    expect(read.mock.calls.length).toBe(MAX_FAILURES);
  });

  it('does not get around the throttle with the credential of an operator that has ended', async () => {
    app = await TestApp.start();
    const { id, token } = await operator(app);
    await app.manage('DELETE', `/manage/operators/${id}`);
    for (let i = 0; i < MAX_FAILURES; i += 1) expect((await guess(token)).status).toBe(401);
    expect((await guess(token)).status).toBe(429);
    expect((await guess(MANAGEMENT_TOKEN)).status).toBe(200);
  });

  it('is slowed whatever route is tried, while all else goes on', async () => {
    app = await TestApp.start();
    const { token } = await app.token();
    await guessWrongly(MAX_FAILURES);
    for (const [method, path] of [
      ['GET', '/manage/tokens'],
      ['POST', '/manage/projects'],
      ['DELETE', '/manage/tokens/1'],
    ] as const)
      expect(
        await refused(fetch(`${app.url}${path}`, { method, headers: { authorization: 'Bearer wrong' } })),
      ).toMatchObject({ status: 429 });
    for (const path of ['/live', '/ready', '/health', '/docs/json'])
      expect((await fetch(`${app.url}${path}`)).status).toBe(200);
    const proxied = await fetch(`${app.url}/v1/nothing`, { headers: { authorization: `Bearer ${token}x` } });
    expect(proxied.headers.get('x-proxy-error')).toBe('token_malformed');
  });

  it('cannot be spread over addresses that the client makes up', async () => {
    app = await TestApp.start();
    for (let i = 0; i < MAX_FAILURES; i += 1) await guess('wrong', `198.51.100.${i}`);
    expect((await guess('wrong', '192.0.2.1')).status).toBe(429);
  });

  it('counts by the client’s address behind a proxy that is trusted', async () => {
    app = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1' });
    await guessWrongly(MAX_FAILURES, '198.51.100.1');
    expect((await guess('wrong', '198.51.100.1')).status).toBe(429);
    expect((await guess('wrong', '198.51.100.2')).status).toBe(401);
    expect((await guess('wrong', '198.51.100.2, 198.51.100.1')).status).toBe(429);
  });

  it('leaves no guess in the log', async () => {
    app = await TestApp.start({ LOG_LEVEL: 'trace' });
    await guess('a-wrong-guess-canary');
    expect(app.log).not.toContain('guess-canary');
    expect(app.accessLines.at(-1)).toMatchObject({ status: 401, code: 'unauthorized', end: 'auth' });
  });
});
