import { hkdfSync } from 'node:crypto';

export type Purpose = 'key-id' | 'upstream-key' | 'token-hash' | 'limit-keys';

/** One ENCRYPTION_KEY and its sub-keys (HKDF-SHA-256, RFC 5869), one a purpose, none used twice. */
export class EncryptionKey {
  /** Eight hex characters that name the key in what it made. */
  readonly id: string;

  /** `raw` is used as it is for one thing only: to open what the Go system sealed. */
  constructor(readonly raw: Buffer) {
    this.id = this.derive('key-id').toString('hex').slice(0, 8);
  }

  /** 32 bytes. */
  derive(purpose: Purpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.raw, '', `llm-proxy/${purpose}/v1`, 32));
  }
}
