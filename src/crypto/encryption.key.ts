import { hkdfSync } from 'node:crypto';

export type Purpose = 'key-id' | 'upstream-key' | 'token-hash' | 'limit-keys';

/** One ENCRYPTION_KEY and its sub-keys, one for each purpose (HKDF-SHA-256, RFC 5869). */
export class EncryptionKey {
  /** Eight hex characters that name the key in stored values. */
  readonly id: string;

  /** `raw` itself is used only to decrypt values of the Go system. */
  constructor(readonly raw: Buffer) {
    this.id = this.derive('key-id').toString('hex').slice(0, 8);
  }

  /** Returns 32 bytes. */
  derive(purpose: Purpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.raw, '', `llm-proxy/${purpose}/v1`, 32));
  }
}
