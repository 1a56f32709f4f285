import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../test/support/audit.chain.js';
import { signedHead } from './signed.head.js';
import { isSignature, keyIdOf, keysById, pemOf, publicKeyOf, SigningKey } from './signing.key.js';

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

  it('shows a head with the signature of its row, and the key where it is known', () => {
    const [, row] = chainOf(2, key);
    const { seq, hash, at, signature } = row!;
    expect(signedHead(chainOf(1)[0]!, keysById([key.publicKey]))).toEqual({
      seq: 1,
      hash: expect.any(String),
      at: '1970-01-01T00:00:01.000Z',
    });
    expect(signedHead(row!, new Map())).toEqual({
      seq,
      hash,
      at,
      key_id: key.id,
      signature,
    });
    expect(signedHead(row!, keysById([key.publicKey]))).toMatchObject({
      signature,
      public_key: pemOf(key.publicKey),
    });
  });

  it('is read of a PEM with one public key', () => {
    expect(keyIdOf(publicKeyOf(pemOf(key.publicKey))!)).toBe(key.id);
    expect(publicKeyOf(pemOf(key.publicKey) + pemOf(other.publicKey))).toBeUndefined();
    expect(publicKeyOf('')).toBeUndefined();
  });
});
