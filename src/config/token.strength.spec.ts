import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tokenWeakness } from './token.strength.js';

describe(tokenWeakness.name, () => {
  it.each([
    ['BS-02 changeme', 'placeholder'],
    ['change-me-change-me-change-me-change-me', 'placeholder'],
    ['your-management-token-your-management-token', 'placeholder'],
    ['0123456789abcdefghijklmnopqrstu', 'shorter than 32'],
    ['a'.repeat(64), 'not random'],
    ['abcabcabcabcabcabcabcabcabcabcabcabcabcabc', 'not random'],
  ])('finds %s weak: %s', (token, why) => expect(tokenWeakness(token)).toContain(why));

  it('finds a random one strong, in hex and in base64', () => {
    for (let i = 0; i < 100; i += 1) {
      const token = randomBytes(32);
      expect(tokenWeakness(token.toString('hex'))).toBeUndefined();
      expect(tokenWeakness(token.toString('base64url'))).toBeUndefined();
    }
  });
});
