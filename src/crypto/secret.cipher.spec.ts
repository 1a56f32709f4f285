import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { KeyRing } from './key.ring.js';
import { looksEncrypted, SecretCipher } from './secret.cipher.js';

const ring = (key?: Buffer) => new KeyRing({ encryptionKey: key } as AppConfig);
const cipherOf = (key?: Buffer) => new SecretCipher(ring(key));
const KEY = Buffer.from('encryption-key-of-the-unit-tests');
const OTHER = Buffer.from('another-key-of-the-unit-tests!!!');
const PLACE = { projectId: 'project-1', column: 'api_key' };

describe(KeyRing.name, () => {
  it('derives a key a purpose, none of them the key itself', () => {
    const keys = [ring(KEY).derive('key-id'), ring(KEY).derive('upstream-key'), ring(KEY).derive('token-hash'), KEY];
    expect(new Set(keys.map((key) => key?.toString('hex'))).size).toBe(4);
    expect(ring(KEY).keyId).toMatch(/^[0-9a-f]{8}$/);
    expect(ring(KEY).keyId).not.toBe(ring(OTHER).keyId);
    expect(ring().keyId).toBeUndefined();
  });
});

describe(SecretCipher.name, () => {
  const cipher = cipherOf(KEY);

  it('opens what it sealed, and never seals the same way twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sealed = cipher.encrypt(text, PLACE);
        expect(sealed).toMatch(new RegExp(`^enc:v2:${ring(KEY).keyId}:[A-Za-z0-9+/]+={0,2}$`));
        expect(looksEncrypted(sealed)).toBe(true);
        expect(cipher.encrypt(text, PLACE)).not.toBe(sealed);
        expect(cipher.decrypt(sealed, PLACE)).toBe(text);
      }),
    );
  });

  it('opens nothing of which a single byte was changed', () => {
    const sealed = cipher.encrypt('sk-upstream-key', PLACE);
    const head = sealed.slice(0, sealed.lastIndexOf(':') + 1);
    const bytes = Buffer.from(sealed.slice(head.length), 'base64');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(() => cipher.decrypt(head + changed.toString('base64'), PLACE)).toThrow();
    }
  });

  it('opens nothing that was cut short: the tag has sixteen bytes', () => {
    const sealed = cipher.encrypt('sk-upstream-key', PLACE);
    const head = sealed.slice(0, sealed.lastIndexOf(':') + 1);
    const bytes = Buffer.from(sealed.slice(head.length), 'base64');
    for (let length = 1; length < bytes.length; length += 1)
      expect(() => cipher.decrypt(head + bytes.subarray(0, length).toString('base64'), PLACE)).toThrow();
  });

  it('opens nothing in another place or with another key', () => {
    const sealed = cipher.encrypt('sk-upstream-key', PLACE);
    expect(() => cipher.decrypt(sealed, { ...PLACE, projectId: 'project-2' })).toThrow();
    expect(() => cipher.decrypt(sealed, { ...PLACE, column: 'name' })).toThrow();
    expect(() => cipherOf(OTHER).decrypt(sealed, PLACE)).toThrow(ring(KEY).keyId);
    expect(() => cipherOf().decrypt(sealed, PLACE)).toThrow(ring(KEY).keyId);
    const relabelled = sealed.replace(ring(KEY).keyId!, ring(OTHER).keyId!);
    expect(() => cipherOf(OTHER).decrypt(relabelled, PLACE)).toThrow();
  });

  it.each([
    'enc:',
    'enc:v2:',
    'enc:v3:00000000:AAAA',
    'enc:v2:00000000:',
    'enc:v2:XXXXXXXX:AAAA',
    'enc:v2:00000000:***',
  ])('opens nothing of the form %s', (stored) => {
    expect(() => cipher.decrypt(stored, PLACE)).toThrow();
  });

  it('leaves what was stored in clear as it is, and stores in clear without a key', () => {
    expect(cipher.decrypt('sk-plain', PLACE)).toBe('sk-plain');
    expect(cipherOf().encrypt('sk-plain', PLACE)).toBe('sk-plain');
    expect(cipherOf().decrypt('sk-plain', PLACE)).toBe('sk-plain');
  });
});
