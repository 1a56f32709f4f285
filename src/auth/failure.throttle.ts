import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { addressKey } from '../common/values/address.key.js';
import { errors } from '../common/errors/errors.js';

const NAME = 'management-failures';
const WINDOW_MS = 60_000;
const BLOCK_MS = 60_000;
/** Failures a minute above which an address is blocked. */
export const MAX_FAILURES = 30;
/** Failures a minute of all addresses together above which every address without an earlier success is blocked. */
export const MAX_FAILURES_OVERALL = 100;
const ALL_ADDRESSES = 'all';
const MAX_TRUSTED = 1000;

/**
 * Slows the guessing of the management token. Only failures count: successful calls are never slowed. A blocked address is
 * refused before its credential is compared, so that a correct guess reveals nothing.
 */
@Injectable()
export class FailureThrottle {
  /** Addresses with an earlier success: guesses from other addresses do not block them. */
  private readonly trusted = new Set<string>();

  constructor(@Inject(ThrottlerStorage) private readonly storage: ThrottlerStorageService) {}

  /** Throws `too_many_attempts` for a blocked address. */
  assertMayTry(address: string): void {
    const key = addressKey(address);
    const waitMs = this.blockedForMs(key) || (this.trusted.has(key) ? 0 : this.blockedForMs(ALL_ADDRESSES));
    if (waitMs > 0) throw errors.tooManyAttempts(waitMs);
  }

  succeeded(address: string): void {
    if (this.trusted.size < MAX_TRUSTED) this.trusted.add(addressKey(address));
  }

  async failed(address: string): Promise<void> {
    await this.storage.increment(ALL_ADDRESSES, WINDOW_MS, MAX_FAILURES_OVERALL, BLOCK_MS, NAME);
    await this.storage.increment(addressKey(address), WINDOW_MS, MAX_FAILURES, BLOCK_MS, NAME);
  }

  private blockedForMs(key: string): number {
    const record = this.storage.storage.get(key);
    return record?.isBlocked ? Math.max(0, record.blockExpiresAt - Date.now()) : 0;
  }
}
