import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RedisConnection, RedisDown } from '../redis/redis.connection.js';
import { evaluate } from './redis.evaluation.js';
import { FREE, RENEW } from './redis.scripts.js';

/** The slots of a replica that is killed are free again after this time. */
export const SLOT_LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
/** Leases of one script call: Redis does nothing else meanwhile. */
const MAX_BATCH = 500;

interface Lease {
  readonly key: string;
  /** True once Redis was asked for it, whatever the outcome. */
  mayExist: boolean;
}

/** The slots in Redis of the requests and WebSockets that run on this replica. One timer renews all of them. */
@Injectable()
export class RedisLeases {
  /** Of this process: two processes never use the same lease id. */
  private readonly owner = randomBytes(8).toString('hex');
  private readonly leases = new Map<string, Lease>();
  /** Leases that ended while Redis was down: id → key. At most as many as there were when it went down. */
  private readonly ended = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  constructor(private readonly redis: RedisConnection) {
    redis.onReturn(() => void this.catchUp());
  }

  newId(): string {
    this.count += 1;
    return `${this.owner}:${this.count}`;
  }

  /**
   * Renews a lease until it ends. `requested` is the id of a lease that Redis was asked for; any other one is written to
   * Redis with the next renewal.
   */
  begin(requested: string | undefined, key: string): { end: () => void } {
    const id = requested ?? this.newId();
    this.leases.set(id, { key, mayExist: requested !== undefined });
    this.timer ??= setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();
    return { end: () => this.end(id) };
  }

  close(): void {
    clearInterval(this.timer);
  }

  private end(id: string): void {
    const { key, mayExist } = this.leases.get(id)!;
    this.leases.delete(id);
    if (!mayExist) return;
    this.redis
      .run((client) => client.zRem(key, id))
      .catch((error: unknown) => {
        if (error instanceof RedisDown) this.ended.set(id, key);
      });
  }

  /** Frees the leases that ended while Redis was down, and writes those that began meanwhile or that Redis has lost. */
  private async catchUp(): Promise<void> {
    const ended = [...this.ended];
    while (ended.length > 0 && this.redis.isUp) await this.free(ended.splice(0, MAX_BATCH));
    await this.renew();
  }

  private async free(batch: readonly [id: string, key: string][]): Promise<void> {
    const ids = batch.map(([id]) => id);
    const keys = batch.map(([, key]) => key);
    await evaluate(this.redis, FREE, keys, ids).then(
      () => ids.forEach((id) => this.ended.delete(id)),
      () => undefined,
    );
  }

  private async renew(): Promise<void> {
    const all = [...this.leases.keys()];
    while (all.length > 0 && this.redis.isUp) {
      // A lease that ended during an earlier batch must not be written again.
      const ids = all.splice(0, MAX_BATCH).filter((id) => this.leases.has(id));
      const leases = ids.map((id) => this.leases.get(id)!);
      for (const lease of leases) lease.mayExist = true;
      const keys = leases.map(({ key }) => key);
      await evaluate(this.redis, RENEW, keys, [SLOT_LEASE_MS, ...ids]).catch(() => undefined);
    }
  }
}
