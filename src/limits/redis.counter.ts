import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { Counter, type Demand, type Window } from './counter.js';
import { Grant } from './grant.js';
import { LimitKeys } from './limit.keys.js';
import { limitName } from './limit.names.js';
import { MemoryCounter } from './memory.counter.js';
import { evaluate, evaluateByName } from './redis.evaluation.js';
import { RedisLeases, SLOT_LEASE_MS } from './redis.leases.js';
import { GIVE_BACK, TAKE } from './redis.scripts.js';
import { gridOf } from './window.grid.js';

/** Counts in Redis, for all replicas at once; while that is away, this replica's share in memory. */
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
    return this.redis.isUp ? this.takeThere(demand) : this.takeHere(demand);
  }

  private async takeThere(demand: Demand): Promise<Grant> {
    const lease = demand.slots && this.leases.newId();
    let answer: [verdict: number, ms: number];
    try {
      answer = await this.ask(demand, lease);
    } catch (error) {
      return this.takeHere(demand, error, lease);
    }
    const [verdict, ms] = answer;
    if (verdict === -1) throw errors.concurrencyExceeded();
    if (verdict > 0) throw errors.rateLimitExceeded({ of: limitName(demand.windows[verdict - 1]!), retryAfterMs: ms });
    return this.granted(demand, lease, ms);
  }

  /** What begins here holds a slot in Redis too, as soon as that is back: the one it was asked for, which it may have given unheard. */
  private takeHere(demand: Demand, cause?: unknown, asked?: string): Grant {
    const { slots } = demand;
    const lease = slots && this.leases.begin(asked, this.keys.slots(slots.tokenId));
    try {
      if (!this.config.limits.fallback) throw errors.limitsUnavailable(cause);
      const counted = this.memory.take(demand);
      if (!lease) return counted;
      const free = (): void => {
        lease.end();
        counted.release();
      };
      return new Grant(free, () => counted.giveBack());
    } catch (refusal) {
      lease?.end();
      throw refusal;
    }
  }

  /** Counted in memory too as running: a share is of all that runs here. */
  private granted({ windows, slots }: Demand, leaseId: string | undefined, at: number): Grant {
    const uncount = (): void => this.uncount(windows, at);
    if (!slots || leaseId === undefined) return new Grant(undefined, uncount);
    const lease = this.leases.begin(leaseId, this.keys.slots(slots.tokenId));
    this.memory.hold(slots.tokenId);
    const free = (): void => {
      lease.end();
      this.memory.letGo(slots.tokenId);
    };
    return new Grant(free, uncount);
  }

  /** What cannot be given back stays counted for the rest of its window. */
  private uncount(windows: readonly Window[], at: number): void {
    const keys = windows.map((window) => this.keys.window(window));
    const args = [at, ...windows.map(({ lengthMs }) => gridOf(lengthMs).stepMs)];
    evaluate(this.redis, GIVE_BACK, keys, args).catch(() => undefined);
  }

  private ask({ windows, slots }: Demand, lease: string | undefined): Promise<[number, number]> {
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
    return evaluateByName(this.redis, TAKE, keys, args);
  }
}
