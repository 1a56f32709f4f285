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
  /** The current key first. */
  private readonly keys: readonly { id: string; hashing: Buffer }[];

  constructor(ring: KeyRing) {
    this.keys = ring.keys.map((key) => ({ id: key.id, hashing: key.derive('token-hash') }));
  }

  /** The form that is stored now. */
  hash(secret: string): string {
    return this.candidates(secret)[0]!;
  }

  /**
   * Every form the secret may be stored in, the present one first: tokens made under the previous key, or before
   * ENCRYPTION_KEY was set, keep working.
   */
  candidates(secret: string): string[] {
    const keyed = this.keys.map(
      ({ id, hashing }) => `hmac:${id}:${createHmac('sha256', hashing).update(secret).digest('hex')}`,
    );
    return [...keyed, plainHash(secret)];
  }
}

/** The form without a key. The Go system stored the digest alone, so that its tokens are known by this. */
export const plainHash = (secret: string): string => `sha256:${hash('sha256', secret, 'hex')}`;
