import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signedHead } from './signed.head.js';
import { isSignature, SigningKey } from './signing.key.js';

const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const other = new SigningKey(generateKeyPairSync('ed25519').privateKey);

describe(SigningKey.name, () => {
  it('signs the number and the hash of a row', () => {
    const signature = key.sign(7, 'abc');
    expect(signature).toHaveLength(88);
    expect(isSignature(signature, 7, 'abc', key.publicKey)).toBe(true);
    expect([isSignature(signature, 8, 'abc', key.publicKey), isSignature(signature, 7, 'abd', key.publicKey)]).toEqual([
      false,
      false,
    ]);
    expect(isSignature(signature, 7, 'abc', other.publicKey)).toBe(false);
    expect(key.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('signs a head with what its check needs', () => {
    expect(signedHead({ seq: 3, hash: 'h', at: 0 }, undefined)).toEqual({
      seq: 3,
      hash: 'h',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(signedHead({ seq: 3, hash: 'h', at: 0 }, key)).toMatchObject({
      key_id: key.id,
      public_key: expect.stringContaining('BEGIN PUBLIC KEY'),
      signature: key.sign(3, 'h'),
    });
  });
});
