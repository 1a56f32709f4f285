import { createHmac, hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key.ring.js';

/**
 * The stored hash of a withering token: `hmac:<key id>:<hex>` with ENCRYPTION_KEY, else `sha256:<hex>`. A plain digest
 * is enough against guessing, because the secret has 190 random bits. With the key, a stolen database cannot confirm that a
 * known token is valid either.
 */
@Injectable()
export class TokenHasher {
  /** The current key first. */
  private readonly keys: readonly { id: string; hmacKey: Buffer }[];

  constructor(ring: KeyRing) {
    this.keys = ring.keys.map((key) => ({ id: key.id, hmacKey: key.derive('token-hash') }));
  }

  /** The form of new tokens. */
  hash(secret: string): string {
    return this.candidates(secret)[0]!;
  }

  /**
   * Every form in which the secret may be stored, the current form first. Tokens that were created under the previous key, or
   * before ENCRYPTION_KEY was set, keep working.
   */
  candidates(secret: string): string[] {
    const keyed = this.keys.map(
      ({ id, hmacKey }) => `hmac:${id}:${createHmac('sha256', hmacKey).update(secret).digest('hex')}`,
    );
    return [...keyed, plainHash(secret)];
  }
}

/** The form without a key. The Go system stored this digest, so its tokens are found by it. */
export const plainHash = (secret: string): string => `sha256:${hash('sha256', secret, 'hex')}`;
