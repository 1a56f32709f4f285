import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key.ring.js';
import { formOfKey, looksEncrypted } from './stored.form.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = /^enc:v2:([0-9a-f]{8}):([A-Za-z0-9+/]+={0,2})$/;
const GO_FORMAT = /^enc:v1:([A-Za-z0-9+/]+={0,2})$/;

/** Where a ciphertext lives; bound to it as associated data, so that it opens nowhere else. */
export interface Place {
  projectId: string;
  column: string;
}

interface Key {
  id: string;
  sealing: Buffer;
  raw: Buffer;
}

/** `enc:v2:<key id>:<base64 of nonce, ciphertext, tag>`: AES-256-GCM (NIST SP 800-38D), a fresh 96-bit nonce each time. */
@Injectable()
export class SecretCipher {
  private readonly current: Key | undefined;
  /** The current one first. */
  private readonly readable: readonly Key[];

  constructor(ring: KeyRing) {
    this.readable = ring.keys.map((key) => ({ id: key.id, sealing: key.derive('upstream-key'), raw: key.raw }));
    this.current = this.readable.find(({ id }) => id === ring.keyId);
  }

  /** Without ENCRYPTION_KEY the text itself. */
  encrypt(text: string, place: Place): string {
    if (!this.current) return text;
    const { id, sealing } = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, sealing, nonce, { authTagLength: TAG_BYTES }).setAAD(
      associated(place, id),
    );
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `enc:v2:${id}:${sealed.toString('base64')}`;
  }

  /**
   * Throws for a key that is neither the current nor the previous one, another place or a changed byte. A value that
   * was stored in clear is returned as it is.
   */
  decrypt(stored: string, place: Place): string {
    if (!looksEncrypted(stored)) return stored;
    if (formOfKey(stored).kind === 'enc:v1') return this.openGo(stored);
    const [, keyId, payload] = FORMAT.exec(stored) ?? [];
    if (!keyId || !payload) throw new Error('the stored value has an unknown format');
    const key = this.readable.find(({ id }) => id === keyId);
    if (!key) throw new Error(`the stored value needs the key ${keyId}`);
    return open(key.sealing, payload, associated(place, keyId));
  }

  /** The Go system sealed with ENCRYPTION_KEY itself, named no key and bound the value to no place. */
  private openGo(stored: string): string {
    const payload = GO_FORMAT.exec(stored)?.[1];
    if (!payload) throw new Error('the stored value has an unknown format');
    for (const { raw } of this.readable)
      try {
        return open(raw, payload);
      } catch {
        continue;
      }
    throw new Error('the stored value opens with no key at hand');
  }
}

const associated = (place: Place, keyId: string): Buffer =>
  Buffer.from(`${place.projectId}\n${place.column}\n${keyId}`);

/** Throws when the key is another one or a byte was changed. */
function open(key: Buffer, payload: string, bound?: Buffer): string {
  const sealed = Buffer.from(payload, 'base64');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  if (bound) decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
