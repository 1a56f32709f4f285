import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { Counter, type Demand, type ConcurrencyLimit, subjectOf, type Window } from './counter.js';
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
    const leases = demand.slots.map(() => this.leases.newId());
    let result: [verdict: number, ms: number];
    try {
      result = await this.evaluateTake(demand, leases);
    } catch (error) {
      return this.takeInMemory(demand, error, leases);
    }
    const [verdict, ms] = result;
    if (verdict < 0) throw errors.concurrencyExceeded(subjectOf(demand.slots[-verdict - 1]!));
    if (verdict > 0) throw errors.rateLimitExceeded({ of: subjectOf(demand.windows[verdict - 1]!), retryAfterMs: ms });
    return this.granted(demand, leases, ms);
  }

  /**
   * A request that is counted in memory gets its slots in Redis too, once Redis is up again. `requested` are the leases that
   * Redis was asked for and may have granted without a response.
   */
  private takeInMemory(demand: Demand, cause?: unknown, requested: readonly string[] = []): Grant {
    const end = this.begin(demand.slots, requested);
    try {
      if (!this.config.limits.fallback) throw errors.limitsUnavailable(cause);
      const counted = this.memory.take(demand);
      const freeSlots = (): void => {
        end();
        counted.release();
      };
      return new Grant(freeSlots, () => counted.giveBack());
    } catch (refusal) {
      end();
      throw refusal;
    }
  }

  /** The request occupies slots in memory too: the share of this replica is a share of all that runs here. */
  private granted({ windows, slots }: Demand, leases: readonly string[], at: number): Grant {
    const end = this.begin(slots, leases);
    this.memory.occupy(slots);
    const freeSlots = (): void => {
      end();
      this.memory.free(slots);
    };
    return new Grant(freeSlots, () => this.uncount(windows, at));
  }

  /** One lease for each of the slots. Returns what ends them. */
  private begin(slots: readonly ConcurrencyLimit[], requested: readonly string[]): () => void {
    const leases = slots.map((slot, i) => this.leases.begin(requested[i], this.keys.slot(slot)));
    return () => leases.forEach((lease) => lease.end());
  }

  /** After a failure the request stays counted for the rest of its window. */
  private uncount(windows: readonly Window[], at: number): void {
    const keys = windows.map((window) => this.keys.window(window));
    const args = [at, ...windows.map(({ lengthMs }) => gridOf(lengthMs).stepMs)];
    evaluate(this.redis, GIVE_BACK, keys, args).catch(() => undefined);
  }

  private evaluateTake({ windows, slots }: Demand, leases: readonly string[]): Promise<[number, number]> {
    const keys = windows.map((window) => this.keys.window(window));
    const args: (string | number)[] = [windows.length];
    for (const { max, lengthMs } of windows) {
      const { stepMs, steps } = gridOf(lengthMs);
      args.push(max, stepMs, steps);
    }
    args.push(SLOT_LEASE_MS);
    for (const [i, slot] of slots.entries()) {
      keys.push(this.keys.slot(slot));
      args.push(slot.max, leases[i]!);
    }
    return evaluateByHash(this.redis, TAKE, keys, args);
  }
}
