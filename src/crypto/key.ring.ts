import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { EncryptionKey } from './encryption.key.js';

/** ENCRYPTION_KEY, which encrypts new values, and ENCRYPTION_KEY_PREVIOUS, which only decrypts. */
@Injectable()
export class KeyRing {
  readonly current: EncryptionKey | undefined;
  readonly previous: EncryptionKey | undefined;

  constructor({ encryptionKey, previousEncryptionKey }: AppConfig) {
    this.current = encryptionKey && new EncryptionKey(encryptionKey);
    this.previous = previousEncryptionKey && new EncryptionKey(previousEncryptionKey);
  }

  /** Id of the current key; undefined without ENCRYPTION_KEY. */
  get keyId(): string | undefined {
    return this.current?.id;
  }

  /** All keys that decrypt, the current key first. */
  get keys(): EncryptionKey[] {
    return [this.current, this.previous].filter((key) => key !== undefined);
  }
}
