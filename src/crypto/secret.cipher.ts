import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key.ring.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = /^enc:v2:([0-9a-f]{8}):([A-Za-z0-9+/]+={0,2})$/;

/** Where a ciphertext lives; bound to it as associated data, so that it opens nowhere else. */
export interface Place {
  projectId: string;
  column: string;
}

/** True for anything that says it is encrypted, in whatever version. */
export const looksEncrypted = (stored: string): boolean => stored.startsWith('enc:');

/** `enc:v2:<key id>:<base64 of nonce, ciphertext, tag>`: AES-256-GCM (NIST SP 800-38D), a fresh 96-bit nonce each time. */
@Injectable()
export class SecretCipher {
  private readonly key: Buffer | undefined;

  constructor(private readonly ring: KeyRing) {
    this.key = ring.derive('upstream-key');
  }

  /** Without ENCRYPTION_KEY the text itself. */
  encrypt(text: string, place: Place): string {
    const keyId = this.ring.keyId;
    if (!this.key || !keyId) return text;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(
      associated(place, keyId),
    );
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `enc:v2:${keyId}:${sealed.toString('base64')}`;
  }

  /** Throws for another key, another place or a changed byte. A value that was stored in clear is returned as it is. */
  decrypt(stored: string, place: Place): string {
    if (!looksEncrypted(stored)) return stored;
    const [, keyId, payload] = FORMAT.exec(stored) ?? [];
    if (!keyId || !payload) throw new Error('the stored value has an unknown format');
    if (!this.key || keyId !== this.ring.keyId) throw new Error(`the stored value needs the key ${keyId}`);
    const sealed = Buffer.from(payload, 'base64');
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(-TAG_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(associated(place, keyId))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  }
}

const associated = (place: Place, keyId: string): Buffer =>
  Buffer.from(`${place.projectId}\n${place.column}\n${keyId}`);
