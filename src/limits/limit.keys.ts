import { createHmac, hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { KeyRing } from '../crypto/key.ring.js';
import type { Window } from './counter.js';

/** 96 bits: two tokens that share a count will not be seen. */
const HASH_LENGTH = 24;

/** The keys of limits in Redis. Nobody who reads them there learns a token's id or a client's address. */
@Injectable()
export class LimitKeys {
  private readonly prefix: string;
  private readonly secret: string | Buffer | undefined;

  constructor(config: AppConfig, ring: KeyRing) {
    this.prefix = config.limits.keyPrefix;
    this.secret = config.limits.keySecret ?? ring.current?.derive('limit-keys');
  }

  /** The length is part of it: what is counted in other steps is another count. */
  window({ scope, id, lengthMs }: Window): string {
    return `${this.prefix}${scope}:${lengthMs}:${this.hashed(`${scope} ${id}`)}`;
  }

  slots(tokenId: string): string {
    return `${this.prefix}running:${this.hashed(`running ${tokenId}`)}`;
  }

  private hashed(text: string): string {
    const digest = this.secret ? createHmac('sha256', this.secret).update(text).digest('hex') : hash('sha256', text);
    return digest.slice(0, HASH_LENGTH);
  }
}
