import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { Counter, type Demand, subjectOf, type Window } from './counter.js';
import { Grant } from './grant.js';
import { LimitKeys } from './limit.keys.js';
import { MemoryCounter } from './memory.counter.js';
import { evaluate, evaluateByHash } from './redis.evaluation.js';
import { RedisLeases, SLOT_LEASE_MS } from './redis.leases.js';
import { GIVE_BACK, TAKE } from './redis.scripts.js';
import { gridOf } from './window.grid.js';

/** Counts in Redis, for all replicas at once. While Redis is down, this replica counts its share in memory. */
@Injectable()
export class RedisCounter extends Counter {
  constructor(
    private readonly redis: RedisConnection,
    private readonly leases: RedisLeases,
    private readonly keys: LimitKeys,
    private readonly memory: MemoryCounter,
    private readonly config: AppConfig,
  ) {
    super();
  }

  take(demand: Demand): Grant | Promise<Grant> {
    return this.redis.isUp ? this.takeInRedis(demand) : this.takeInMemory(demand);
  }

  private async takeInRedis(demand: Demand): Promise<Grant> {
    const lease = demand.slots && this.leases.newId();
    let result: [verdict: number, ms: number];
    try {
      result = await this.evaluateTake(demand, lease);
    } catch (error) {
      return this.takeInMemory(demand, error, lease);
    }
    const [verdict, ms] = result;
    if (verdict === -1) throw errors.concurrencyExceeded();
    if (verdict > 0) throw errors.rateLimitExceeded({ of: subjectOf(demand.windows[verdict - 1]!), retryAfterMs: ms });
    return this.granted(demand, lease, ms);
  }

  /**
   * A request that is counted in memory gets a slot in Redis too, once Redis is up again. `requested` is the lease that
   * Redis was asked for and may have granted without a response.
   */
  private takeInMemory(demand: Demand, cause?: unknown, requested?: string): Grant {
    const { slots } = demand;
    const lease = slots && this.leases.begin(requested, this.keys.slots(slots.tokenId));
    try {
      if (!this.config.limits.fallback) throw errors.limitsUnavailable(cause);
      const counted = this.memory.take(demand);
      if (!lease) return counted;
      const freeSlot = (): void => {
        lease.end();
        counted.release();
      };
      return new Grant(freeSlot, () => counted.giveBack());
    } catch (refusal) {
      lease?.end();
      throw refusal;
    }
  }

  /** The request occupies a slot in memory too: the share of this replica is a share of all that runs here. */
  private granted({ windows, slots }: Demand, leaseId: string | undefined, at: number): Grant {
    const uncount = (): void => this.uncount(windows, at);
    if (!slots || leaseId === undefined) return new Grant(undefined, uncount);
    const lease = this.leases.begin(leaseId, this.keys.slots(slots.tokenId));
    this.memory.occupySlot(slots.tokenId);
    const freeSlot = (): void => {
      lease.end();
      this.memory.freeSlot(slots.tokenId);
    };
    return new Grant(freeSlot, uncount);
  }

  /** After a failure the request stays counted for the rest of its window. */
  private uncount(windows: readonly Window[], at: number): void {
    const keys = windows.map((window) => this.keys.window(window));
    const args = [at, ...windows.map(({ lengthMs }) => gridOf(lengthMs).stepMs)];
    evaluate(this.redis, GIVE_BACK, keys, args).catch(() => undefined);
  }

  private evaluateTake({ windows, slots }: Demand, lease: string | undefined): Promise<[number, number]> {
    const keys = windows.map((window) => this.keys.window(window));
    const args: (string | number)[] = [windows.length];
    for (const { max, lengthMs } of windows) {
      const { stepMs, steps } = gridOf(lengthMs);
      args.push(max, stepMs, steps);
    }
    if (slots && lease !== undefined) {
      keys.push(this.keys.slots(slots.tokenId));
      args.push(slots.max, lease, SLOT_LEASE_MS);
    }
    return evaluateByHash(this.redis, TAKE, keys, args);
  }
}
