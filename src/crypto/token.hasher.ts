import { createHmac, hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key.ring.js';

/**
 * What is stored of a withering token: `hmac:<key id>:<hex>` with ENCRYPTION_KEY, else `sha256:<hex>`.
 * A plain digest is enough against guessing (the secret has 190 random bits); the key also keeps a stolen
 * database from confirming a token someone holds.
 */
@Injectable()
export class TokenHasher {
  private readonly key: Buffer | undefined;

  constructor(private readonly ring: KeyRing) {
    this.key = ring.derive('token-hash');
  }

  hash(secret: string): string {
    return this.key
      ? `hmac:${this.ring.keyId}:${createHmac('sha256', this.key).update(secret).digest('hex')}`
      : plain(secret);
  }

  /** Every form the secret may be stored in: tokens made before ENCRYPTION_KEY was set keep working. */
  candidates(secret: string): string[] {
    return this.key ? [this.hash(secret), plain(secret)] : [plain(secret)];
  }
}

const plain = (secret: string): string => `sha256:${hash('sha256', secret, 'hex')}`;
