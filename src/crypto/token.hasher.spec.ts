import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { KeyRing } from './key.ring.js';
import { TokenHasher } from './token.hasher.js';

const hasher = (text?: string, previous?: string) =>
  new TokenHasher(
    new KeyRing({
      encryptionKey: text && Buffer.from(text),
      previousEncryptionKey: previous && Buffer.from(previous),
    } as AppConfig),
  );
const SECRET = 'sk-wt-of-the-unit-test';

describe(TokenHasher.name, () => {
  it('is plain SHA-256 without a key', () => {
    const digest = `sha256:${createHash('sha256').update(SECRET).digest('hex')}`;
    expect(hasher().hash(SECRET)).toBe(digest);
    expect(hasher().candidates(SECRET)).toEqual([digest]);
  });

  it('uses a key when there is one, and names it', () => {
    const [one, two] = [hasher('a'.repeat(32)), hasher('b'.repeat(32))];
    expect(one.hash(SECRET)).toMatch(/^hmac:[0-9a-f]{8}:[0-9a-f]{64}$/);
    expect(one.hash(SECRET)).toBe(one.hash(SECRET));
    expect(one.hash(SECRET)).not.toBe(two.hash(SECRET));
    expect(one.hash(SECRET).length).toBeLessThanOrEqual(96);
  });

  it('finds tokens that were created without a key', () => {
    const keyed = hasher('a'.repeat(32));
    expect(keyed.candidates(SECRET)).toEqual([keyed.hash(SECRET), hasher().hash(SECRET)]);
  });

  it('finds tokens that were created under the previous key', () => {
    const [one, two] = [hasher('a'.repeat(32)), hasher('b'.repeat(32))];
    const both = hasher('a'.repeat(32), 'b'.repeat(32));
    expect(both.hash(SECRET)).toBe(one.hash(SECRET));
    expect(both.candidates(SECRET)).toEqual([one.hash(SECRET), two.hash(SECRET), hasher().hash(SECRET)]);
  });
});
