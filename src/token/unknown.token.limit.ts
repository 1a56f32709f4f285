import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { addressKey } from '../common/values/address.key.js';
import { AppConfig } from '../config/app.config.js';
import { clientAddress } from '../http/client.address.js';
import { evictOldest } from '../common/values/evict.oldest.js';

/** Unknown tokens that an address may try at once, and then in a second. */
export const BURST = 600;
export const PER_SECOND = 10;
/** Look-ups of one address in the database at the same time; further ones wait. */
export const AT_ONCE = 4;
const MAX_ADDRESSES = 10_000;
const MAX_FOUND = 10_000;

interface Allowance {
  left: number;
  /** performance.now() of the last refill. */
  at: number;
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Limits by client address how many unknown tokens reach the database: anyone can make a well-formed one. Only tokens that
 * are not in memory come here, and one that exists uses nothing up.
 */
@Injectable()
export class UnknownTokenLimit {
  private readonly byAddress = new Map<string, Allowance>();
  /** Tokens that existed once: they are not limited again when memory has dropped them. */
  private readonly found = new Set<string>();

  constructor(private readonly config: AppConfig) {}

  /** Looks a token up. `key` identifies it without revealing it. Rejects with `too_many_attempts`. */
  async lookUp<T>(request: IncomingMessage, key: string, find: () => Promise<T | null>): Promise<T | null> {
    if (this.found.has(key)) return find();
    const allowance = this.allowanceOf(addressKey(clientAddress(request, this.config.trustedProxies)));
    if (allowance.left < 1) throw errors.tooManyUnknownTokens(Math.ceil(((1 - allowance.left) * 1000) / PER_SECOND));
    allowance.left -= 1;
    let isUnknown = false;
    try {
      await turnOf(allowance);
      const token = await find();
      isUnknown = token === null;
      if (!isUnknown) this.remember(key);
      return token;
    } finally {
      if (!isUnknown) allowance.left += 1;
      leave(allowance);
    }
  }

  private allowanceOf(address: string): Allowance {
    const now = performance.now();
    const allowance = this.byAddress.get(address) ?? { left: BURST, at: now, running: 0, waiting: [] };
    allowance.left = Math.min(BURST, allowance.left + ((now - allowance.at) * PER_SECOND) / 1000);
    allowance.at = now;
    // The address that was quiet for longest is the first one.
    this.byAddress.delete(address);
    evictOldest(this.byAddress, MAX_ADDRESSES);
    this.byAddress.set(address, allowance);
    return allowance;
  }

  private remember(key: string): void {
    evictOldest(this.found, MAX_FOUND);
    this.found.add(key);
  }
}

async function turnOf(allowance: Allowance): Promise<void> {
  if (allowance.running < AT_ONCE) allowance.running += 1;
  else await new Promise<void>((resolve) => allowance.waiting.push(resolve));
}

/** Hands the place over to the next one that waits. */
function leave(allowance: Allowance): void {
  const next = allowance.waiting.shift();
  if (next) next();
  else allowance.running -= 1;
}
