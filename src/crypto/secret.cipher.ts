import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key.ring.js';
import { formOfKey, looksEncrypted } from './stored.form.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = /^enc:v2:([0-9a-f]{8}):([A-Za-z0-9+/]+={0,2})$/;
const GO_FORMAT = /^enc:v1:([A-Za-z0-9+/]+={0,2})$/;

/** The location of a ciphertext. It is the associated data, so a ciphertext copied to another location cannot be decrypted. */
export interface SecretLocation {
  projectId: string;
  column: string;
}

interface Key {
  id: string;
  encryption: Buffer;
  raw: Buffer;
}

/** `enc:v2:<key id>:<base64 of nonce, ciphertext, tag>`: AES-256-GCM (NIST SP 800-38D), a fresh 96-bit nonce each time. */
@Injectable()
export class SecretCipher {
  private readonly current: Key | undefined;
  /** The current key first. */
  private readonly decryptionKeys: readonly Key[];

  constructor(ring: KeyRing) {
    this.decryptionKeys = ring.keys.map((key) => ({
      id: key.id,
      encryption: key.derive('upstream-key'),
      raw: key.raw,
    }));
    this.current = this.decryptionKeys.find(({ id }) => id === ring.keyId);
  }

  /** Returns the text unchanged without ENCRYPTION_KEY. */
  encrypt(text: string, location: SecretLocation): string {
    if (!this.current) return text;
    const { id, encryption } = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, encryption, nonce, { authTagLength: TAG_BYTES }).setAAD(
      associatedData(location, id),
    );
    const payload = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `enc:v2:${id}:${payload.toString('base64')}`;
  }

  /**
   * Throws when the key is neither the current nor the previous one, the location is another one, or a byte has changed.
   * Returns a value that was stored in clear.
   */
  decrypt(stored: string, location: SecretLocation): string {
    if (!looksEncrypted(stored)) return stored;
    if (formOfKey(stored).kind === 'enc:v1') return this.decryptGo(stored);
    const [, keyId, payload] = FORMAT.exec(stored) ?? [];
    if (!keyId || !payload) throw new Error('the stored value has an unknown format');
    const key = this.decryptionKeys.find(({ id }) => id === keyId);
    if (!key) throw new Error(`the stored value needs the key ${keyId}`);
    return decryptWith(key.encryption, payload, associatedData(location, keyId));
  }

  /** Undefined where `decrypt` throws. */
  tryDecrypt(stored: string, location: SecretLocation): string | undefined {
    try {
      return this.decrypt(stored, location);
    } catch {
      return undefined;
    }
  }

  /** The Go system encrypted with ENCRYPTION_KEY itself, without a key id and without associated data. */
  private decryptGo(stored: string): string {
    const payload = GO_FORMAT.exec(stored)?.[1];
    if (!payload) throw new Error('the stored value has an unknown format');
    for (const { raw } of this.decryptionKeys)
      try {
        return decryptWith(raw, payload);
      } catch {
        continue;
      }
    throw new Error('no given key decrypts the stored value');
  }
}

const associatedData = ({ projectId, column }: SecretLocation, keyId: string): Buffer =>
  Buffer.from(`${projectId}\n${column}\n${keyId}`);

/** Throws when the key is another one or a byte has changed. */
function decryptWith(key: Buffer, encoded: string, associated?: Buffer): string {
  const payload = Buffer.from(encoded, 'base64');
  const nonce = payload.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  if (associated) decipher.setAAD(associated);
  decipher.setAuthTag(payload.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(payload.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
