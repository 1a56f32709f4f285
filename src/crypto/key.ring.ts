import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';

type Purpose = 'key-id' | 'upstream-key' | 'token-hash';

/** The sub-keys of ENCRYPTION_KEY (HKDF-SHA-256, RFC 5869), one a purpose, none used twice. */
@Injectable()
export class KeyRing {
  /** Eight hex characters that name the key in what it made; absent without ENCRYPTION_KEY. */
  readonly keyId: string | undefined;

  constructor(private readonly config: AppConfig) {
    this.keyId = this.derive('key-id')?.toString('hex').slice(0, 8);
  }

  /** 32 bytes, or undefined without ENCRYPTION_KEY. */
  derive(purpose: Purpose): Buffer | undefined {
    const key = this.config.encryptionKey;
    return key && Buffer.from(hkdfSync('sha256', key, '', `llm-proxy/${purpose}/v1`, 32));
  }
}
