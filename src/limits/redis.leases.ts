import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RedisConnection } from '../redis/redis.connection.js';
import { evaluate } from './redis.evaluation.js';
import { RENEW } from './redis.scripts.js';

/** A replica that is killed holds its slots no longer than this. */
export const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
/** Leases a script: Redis does nothing else meanwhile. */
const MAX_BATCH = 500;

/** The slots that requests and sockets of this replica hold in Redis, kept there by one timer for as long as they run. */
@Injectable()
export class RedisLeases implements OnApplicationShutdown {
  /** Of this process; leases of several must not be mistaken for each other. */
  private readonly owner = randomBytes(8).toString('hex');
  private readonly keys = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  constructor(private readonly redis: RedisConnection) {
    // Those that began while Redis was away, and all of them where it came back empty.
    redis.onReturn(() => void this.renew());
  }

  get size(): number {
    return this.keys.size;
  }

  newId(): string {
    this.count += 1;
    return `${this.owner}:${this.count}`;
  }

  /** From now on it is kept. Ended, it is let go of in Redis; one that cannot be said to Redis lapses there. */
  begin(lease: string, key: string): { end: () => void } {
    this.keys.set(lease, key);
    this.timer ??= setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();
    return { end: () => this.end(lease, key) };
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private end(lease: string, key: string): void {
    this.keys.delete(lease);
    if (this.redis.isUp) this.redis.run((client) => client.zRem(key, lease)).catch(() => undefined);
  }

  private async renew(): Promise<void> {
    const leases = [...this.keys.keys()];
    while (leases.length > 0 && this.redis.isUp) {
      // Of those that still run now: one that ended while a batch was under way must not be written again.
      const batch = leases.splice(0, MAX_BATCH).filter((lease) => this.keys.has(lease));
      const keys = batch.map((lease) => this.keys.get(lease)!);
      await evaluate(this.redis, RENEW, keys, [LEASE_MS, ...batch]).catch(() => undefined);
    }
  }
}
