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
const PLACE = { projectId: 'project-1', column: 'api_key' };

/** As the Go system did it: the key itself, nothing bound. */
function sealedByGo(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `enc:v1:${sealed.toString('base64')}`;
}

describe(KeyRing.name, () => {
  it('derives a key a purpose, none of them the key itself', () => {
    const { current } = ring(KEY);
    const keys = [current?.derive('key-id'), current?.derive('upstream-key'), current?.derive('token-hash'), KEY];
    expect(new Set(keys.map((key) => key?.toString('hex'))).size).toBe(4);
    expect(ring(KEY).keyId).toMatch(/^[0-9a-f]{8}$/);
    expect(ring(KEY).keyId).not.toBe(ring(OTHER).keyId);
    expect(ring().keyId).toBeUndefined();
  });

  it('reads with two keys and makes what is new with one', () => {
    const both = ring(KEY, OTHER);
    expect(both.keys.map(({ id }) => id)).toEqual([ring(KEY).keyId, ring(OTHER).keyId]);
    expect(both.keyId).toBe(ring(KEY).keyId);
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

  it('opens what the previous key sealed, in its place only, and seals with the current one', () => {
    const old = cipherOf(OTHER).encrypt('sk-upstream-key', PLACE);
    const both = cipherOf(KEY, OTHER);
    expect(both.decrypt(old, PLACE)).toBe('sk-upstream-key');
    expect(() => both.decrypt(old, { ...PLACE, projectId: 'project-2' })).toThrow();
    const fresh = both.encrypt('sk-upstream-key', PLACE);
    expect(cipher.decrypt(fresh, PLACE)).toBe('sk-upstream-key');
    expect(() => cipherOf(OTHER).decrypt(fresh, PLACE)).toThrow(ring(KEY).keyId);
  });

  it('opens what the Go system sealed with the current or the previous key, and nothing that was changed', () => {
    const sealed = sealedByGo('sk-of-the-go-system', KEY);
    expect(cipher.decrypt(sealed, PLACE)).toBe('sk-of-the-go-system');
    expect(cipherOf(OTHER, KEY).decrypt(sealed, PLACE)).toBe('sk-of-the-go-system');
    expect(() => cipherOf(OTHER).decrypt(sealed, PLACE)).toThrow('no key at hand');
    expect(() => cipherOf().decrypt(sealed, PLACE)).toThrow('no key at hand');
    const bytes = Buffer.from(sealed.slice('enc:v1:'.length), 'base64');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(() => cipher.decrypt(`enc:v1:${changed.toString('base64')}`, PLACE)).toThrow();
      expect(() => cipher.decrypt(`enc:v1:${bytes.subarray(0, i).toString('base64')}`, PLACE)).toThrow();
    }
  });

  it.each([
    ['sk-plain', { kind: 'clear' }],
    ['enc:v1:AAAA', { kind: 'enc:v1' }],
    ['enc:v2:0a1b2c3d:AAAA', { kind: 'enc:v2', keyId: '0a1b2c3d' }],
    ['enc:v9:0a1b2c3d:AAAA', { kind: 'unknown' }],
  ])('says what %s is', (stored, form) => {
    expect(formOfKey(stored)).toEqual(form);
  });

  it.each([
    ['sha256:0a1b2c', { kind: 'sha256' }],
    ['hmac:0a1b2c3d', { kind: 'hmac', keyId: '0a1b2c3d' }],
    ['hmac:0a1b2c3d:ffff', { kind: 'hmac', keyId: '0a1b2c3d' }],
    ['bcrypt', { kind: 'unknown' }],
  ])('says what the hash %s is', (stored, form) => {
    expect(formOfHash(stored)).toEqual(form);
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
