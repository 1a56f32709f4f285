import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { errors } from '../common/errors.js';

const NAME = 'management-failures';
const WINDOW_MS = 60_000;
const BLOCK_MS = 60_000;
/** Failures a minute after which an address waits. */
export const MAX_FAILURES = 30;
/** Failures a minute from all addresses together after which one failure is enough to wait. */
export const MAX_FAILURES_OVERALL = 100;
const EVERYONE = 'everyone';

/**
 * Slows the guessing of the management token. Only failures count, so an operator is never slowed by success;
 * an address that is blocked is refused before its credential is compared, so a lucky guess learns nothing.
 */
@Injectable()
export class FailureThrottle {
  constructor(@Inject(ThrottlerStorage) private readonly storage: ThrottlerStorageService) {}

  /** Throws `too_many_attempts` for an address that has to wait. */
  assertMayTry(address: string): void {
    const key = keyOf(address);
    const waitMs = this.blockedForMs(key) || (this.storage.storage.has(key) ? this.blockedForMs(EVERYONE) : 0);
    if (waitMs > 0) throw errors.tooManyAttempts(waitMs);
  }

  async failed(address: string): Promise<void> {
    await this.storage.increment(EVERYONE, WINDOW_MS, MAX_FAILURES_OVERALL, BLOCK_MS, NAME);
    await this.storage.increment(keyOf(address), WINDOW_MS, MAX_FAILURES, BLOCK_MS, NAME);
  }

  private blockedForMs(key: string): number {
    const record = this.storage.storage.get(key);
    return record?.isBlocked ? Math.max(0, record.blockExpiresAt - Date.now()) : 0;
  }
}

/** One IPv6 subscriber holds a whole /64: it counts as one address. */
const keyOf = (address: string): string =>
  isIPv6(address) && !address.includes('.') ? expanded(address).slice(0, 4).join(':') : address;

function expanded(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  return tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}
