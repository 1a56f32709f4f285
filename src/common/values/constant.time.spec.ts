import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMatcher } from './constant.time.js';

describe(SecretMatcher.name, () => {
  it('matches its secret and nothing else, of whatever length', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (secret, candidate) => {
        expect(new SecretMatcher(secret).matches(secret)).toBe(true);
        expect(new SecretMatcher(secret).matches(candidate)).toBe(secret === candidate);
      }),
    );
  });
});
