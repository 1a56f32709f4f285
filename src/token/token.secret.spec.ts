import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displaySecret, isSecret, newSecret, SECRET_LENGTH } from './token.secret.js';

const secrets = fc.noShrink(fc.nat(0).map(() => newSecret()));
const character = fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' });

describe(newSecret.name, () => {
  it('makes what isSecret knows: sk-wt-, 32 random characters, 6 of checksum', () => {
    const made = Array.from({ length: 500 }, newSecret);
    for (const secret of made) {
      expect(secret).toMatch(/^sk-wt-[0-9A-Za-z]{38}$/);
      expect(secret).toHaveLength(SECRET_LENGTH);
      expect(isSecret(secret)).toBe(true);
    }
    expect(new Set(made.map((secret) => secret.slice(6, 14))).size).toBe(500);
  });

  it('uses the whole alphabet', () => {
    expect(new Set(Array.from({ length: 200 }, () => newSecret().slice(6, 38)).join('')).size).toBe(62);
  });
});

describe(isSecret.name, () => {
  it('refuses any single changed character', () => {
    fc.assert(
      fc.property(secrets, fc.nat(SECRET_LENGTH - 1), character, (secret, at, other) => {
        fc.pre(secret[at] !== other);
        expect(isSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses any missing or added character', () => {
    fc.assert(
      fc.property(secrets, fc.nat(SECRET_LENGTH - 1), character, (secret, at, extra) => {
        expect(isSecret(secret.slice(0, at) + secret.slice(at + 1))).toBe(false);
        expect(isSecret(secret.slice(0, at) + extra + secret.slice(at))).toBe(false);
      }),
    );
  });

  it.each([
    '',
    'sk-wt-',
    'sk-proj-0123456789',
    `sk-wt-${'0'.repeat(38)}`,
    `sk-wt-${'A'.repeat(38)}`,
    'x'.repeat(100_000),
  ])('refuses %.20s…', (text) => {
    expect(isSecret(text)).toBe(false);
  });
});

describe(displaySecret.name, () => {
  it('shows four characters at either end', () => {
    const secret = newSecret();
    expect(displaySecret(secret)).toBe(`sk-wt-${secret.slice(6, 10)}…${secret.slice(-4)}`);
  });
});
