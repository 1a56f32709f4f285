import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { KeyRing } from '../crypto/key.ring.js';
import type { ConcurrencyLimit, Window } from './counter.js';

/** 96 bits: a collision, in which two tokens share a count, does not happen in practice. */
const HASH_LENGTH = 24;

/** The keys of limits in Redis. They are hashed: they reveal neither ids of tokens nor addresses of clients. */
@Injectable()
export class LimitKeys {
  private readonly prefix: string;
  private readonly secret: string | Buffer;

  constructor(config: AppConfig, ring: KeyRing) {
    this.prefix = config.limits.keyPrefix;
    this.secret = config.limits.keySecret ?? ring.current?.derive('limit-keys') ?? config.managementToken;
  }

  /** The length is part of the key: windows of different lengths count in different steps. */
  window({ scope, id, lengthMs }: Window): string {
    return `${this.prefix}${scope}:${lengthMs}:${this.hash(`${scope} ${id}`)}`;
  }

  slot({ scope, id }: ConcurrencyLimit): string {
    const what = scope === 'token' ? 'running' : `${scope}-running`;
    return `${this.prefix}${what}:${this.hash(`${what} ${id}`)}`;
  }

  private hash(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('hex').slice(0, HASH_LENGTH);
  }
}
