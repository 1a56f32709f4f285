import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { addressKey } from '../common/values/address.key.js';
import { errors } from '../common/errors/errors.js';

const NAME = 'management-failures';
const WINDOW_MS = 60_000;
const BLOCK_MS = 60_000;
/** Wrong credentials in a minute that block an address. */
export const MAX_FAILURES = 30;
/** Wrong credentials of all addresses together in a minute that block every address. */
export const MAX_FAILURES_OVERALL = 100;
const ALL_ADDRESSES = 'all';

/**
 * Slows the guessing of credentials of the management API. Credentials in memory do not come here, so other clients cannot
 * block them. An operator that another replica created comes here until this replica has it in memory.
 */
@Injectable()
export class FailureThrottle {
  private lookUps: Promise<unknown> = Promise.resolve();

  constructor(@Inject(ThrottlerStorage) private readonly storage: ThrottlerStorageService) {}

  /**
   * Looks a credential up that memory does not have, unless the address is blocked: throws `too_many_attempts` then. Nothing
   * found counts as a wrong credential. One look-up at a time, so that many at once do not outrun the count.
   */
  async lookUp<T>(address: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const found = this.lookUps.then(async () => {
      this.assertNotBlocked(addressKey(address));
      const result = await find();
      if (result === undefined) await this.failed(address);
      return result;
    });
    this.lookUps = found.catch(() => undefined);
    return found;
  }

  /** Counts a wrong credential. Throws `too_many_attempts` when the address is blocked; an attempt in a block is not counted. */
  async failed(address: string): Promise<void> {
    const key = addressKey(address);
    this.assertNotBlocked(key);
    // The storage blocks above its limit.
    await this.storage.increment(ALL_ADDRESSES, WINDOW_MS, MAX_FAILURES_OVERALL - 1, BLOCK_MS, NAME);
    await this.storage.increment(key, WINDOW_MS, MAX_FAILURES - 1, BLOCK_MS, NAME);
  }

  private assertNotBlocked(key: string): void {
    const waitMs = this.blockedForMs(key) || this.blockedForMs(ALL_ADDRESSES);
    if (waitMs > 0) throw errors.tooManyAttempts(waitMs);
  }

  private blockedForMs(key: string): number {
    const record = this.storage.storage.get(key);
    return record?.isBlocked ? Math.max(0, record.blockExpiresAt - Date.now()) : 0;
  }
}
