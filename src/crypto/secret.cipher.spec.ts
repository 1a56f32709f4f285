import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { KeyRing } from './key.ring.js';
import { SecretCipher } from './secret.cipher.js';
import { formOfHash, formOfKey, looksEncrypted } from './stored.form.js';

const ring = (key?: Buffer, previous?: Buffer) =>
  new KeyRing({ encryptionKey: key, previousEncryptionKey: previous } as AppConfig);
const cipherOf = (key?: Buffer, previous?: Buffer) => new SecretCipher(ring(key, previous));
const KEY = Buffer.from('encryption-key-of-the-unit-tests');
const OTHER = Buffer.from('another-key-of-the-unit-tests!!!');
const LOCATION = { projectId: 'project-1', column: 'api_key' };

/** As the Go system did it: the key itself, no associated data. */
function encryptedByGo(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const encrypted = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `enc:v1:${encrypted.toString('base64')}`;
}

describe(KeyRing.name, () => {
  it('derives one key for each purpose, none of them the key itself', () => {
    const { current } = ring(KEY);
    const keys = [current?.derive('key-id'), current?.derive('upstream-key'), current?.derive('token-hash'), KEY];
    expect(new Set(keys.map((key) => key?.toString('hex'))).size).toBe(4);
    expect(ring(KEY).keyId).toMatch(/^[0-9a-f]{8}$/);
    expect(ring(KEY).keyId).not.toBe(ring(OTHER).keyId);
    expect(ring().keyId).toBeUndefined();
  });

  it('decrypts with two keys and encrypts with one', () => {
    const both = ring(KEY, OTHER);
    expect(both.keys.map(({ id }) => id)).toEqual([ring(KEY).keyId, ring(OTHER).keyId]);
    expect(both.keyId).toBe(ring(KEY).keyId);
  });
});

describe(SecretCipher.name, () => {
  const cipher = cipherOf(KEY);

  it('decrypts what it encrypted, with another nonce each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encrypted = cipher.encrypt(text, LOCATION);
        expect(encrypted).toMatch(new RegExp(`^enc:v2:${ring(KEY).keyId}:[A-Za-z0-9+/]+={0,2}$`));
        expect(looksEncrypted(encrypted)).toBe(true);
        expect(cipher.encrypt(text, LOCATION)).not.toBe(encrypted);
        expect(cipher.decrypt(encrypted, LOCATION)).toBe(text);
      }),
    );
  });

  it('refuses a value in which a single byte was changed', () => {
    const encrypted = cipher.encrypt('sk-upstream-key', LOCATION);
    const head = encrypted.slice(0, encrypted.lastIndexOf(':') + 1);
    const bytes = Buffer.from(encrypted.slice(head.length), 'base64');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(() => cipher.decrypt(head + changed.toString('base64'), LOCATION)).toThrow();
    }
  });

  it('refuses a truncated value: the tag has sixteen bytes', () => {
    const encrypted = cipher.encrypt('sk-upstream-key', LOCATION);
    const head = encrypted.slice(0, encrypted.lastIndexOf(':') + 1);
    const bytes = Buffer.from(encrypted.slice(head.length), 'base64');
    for (let length = 1; length < bytes.length; length += 1)
      expect(() => cipher.decrypt(head + bytes.subarray(0, length).toString('base64'), LOCATION)).toThrow();
  });

  it('refuses a value in another location or under another key', () => {
    const encrypted = cipher.encrypt('sk-upstream-key', LOCATION);
    expect(() => cipher.decrypt(encrypted, { ...LOCATION, projectId: 'project-2' })).toThrow();
    expect(() => cipher.decrypt(encrypted, { ...LOCATION, column: 'name' })).toThrow();
    expect(() => cipherOf(OTHER).decrypt(encrypted, LOCATION)).toThrow(ring(KEY).keyId);
    expect(() => cipherOf().decrypt(encrypted, LOCATION)).toThrow(ring(KEY).keyId);
    const relabelled = encrypted.replace(ring(KEY).keyId!, ring(OTHER).keyId!);
    expect(() => cipherOf(OTHER).decrypt(relabelled, LOCATION)).toThrow();
  });

  it('decrypts values of the previous key, in their location only, and encrypts with the current key', () => {
    const old = cipherOf(OTHER).encrypt('sk-upstream-key', LOCATION);
    const both = cipherOf(KEY, OTHER);
    expect(both.decrypt(old, LOCATION)).toBe('sk-upstream-key');
    expect(() => both.decrypt(old, { ...LOCATION, projectId: 'project-2' })).toThrow();
    const fresh = both.encrypt('sk-upstream-key', LOCATION);
    expect(cipher.decrypt(fresh, LOCATION)).toBe('sk-upstream-key');
    expect(() => cipherOf(OTHER).decrypt(fresh, LOCATION)).toThrow(ring(KEY).keyId);
  });

  it('decrypts values of the Go system under the current or the previous key, and refuses changed ones', () => {
    const encrypted = encryptedByGo('sk-of-the-go-system', KEY);
    expect(cipher.decrypt(encrypted, LOCATION)).toBe('sk-of-the-go-system');
    expect(cipherOf(OTHER, KEY).decrypt(encrypted, LOCATION)).toBe('sk-of-the-go-system');
    expect(() => cipherOf(OTHER).decrypt(encrypted, LOCATION)).toThrow('no given key');
    expect(() => cipherOf().decrypt(encrypted, LOCATION)).toThrow('no given key');
    const bytes = Buffer.from(encrypted.slice('enc:v1:'.length), 'base64');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(() => cipher.decrypt(`enc:v1:${changed.toString('base64')}`, LOCATION)).toThrow();
      expect(() => cipher.decrypt(`enc:v1:${bytes.subarray(0, i).toString('base64')}`, LOCATION)).toThrow();
    }
  });

  it.each([
    ['sk-plain', { kind: 'clear' }],
    ['enc:v1:AAAA', { kind: 'enc:v1' }],
    ['enc:v2:0a1b2c3d:AAAA', { kind: 'enc:v2', keyId: '0a1b2c3d' }],
    ['enc:v9:0a1b2c3d:AAAA', { kind: 'unknown' }],
  ])('reads the form of %s', (stored, form) => {
    expect(formOfKey(stored)).toEqual(form);
  });

  it.each([
    ['sha256:0a1b2c', { kind: 'sha256' }],
    ['hmac:0a1b2c3d', { kind: 'hmac', keyId: '0a1b2c3d' }],
    ['hmac:0a1b2c3d:ffff', { kind: 'hmac', keyId: '0a1b2c3d' }],
    ['bcrypt', { kind: 'unknown' }],
  ])('reads the form of the hash %s', (stored, form) => {
    expect(formOfHash(stored)).toEqual(form);
  });

  it.each([
    'enc:',
    'enc:v2:',
    'enc:v3:00000000:AAAA',
    'enc:v2:00000000:',
    'enc:v2:XXXXXXXX:AAAA',
    'enc:v2:00000000:***',
  ])('refuses the form %s', (stored) => {
    expect(() => cipher.decrypt(stored, LOCATION)).toThrow();
  });

  it('returns a value stored in clear, and stores in clear without a key', () => {
    expect(cipher.decrypt('sk-plain', LOCATION)).toBe('sk-plain');
    expect(cipherOf().encrypt('sk-plain', LOCATION)).toBe('sk-plain');
    expect(cipherOf().decrypt('sk-plain', LOCATION)).toBe('sk-plain');
  });
});
