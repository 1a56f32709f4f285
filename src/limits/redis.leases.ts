import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RedisConnection, RedisDown } from '../redis/redis.connection.js';
import { evaluate } from './redis.evaluation.js';
import { FREE, RENEW } from './redis.scripts.js';

/** A replica that is killed holds its slots no longer than this. */
export const SLOT_LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
/** Leases a script: Redis does nothing else meanwhile. */
const MAX_BATCH = 500;

interface Held {
  readonly key: string;
  /** Redis was asked for it, whatever it answered. */
  mayBeThere: boolean;
}

/** The slots that requests and sockets of this replica hold in Redis, kept there by one timer for as long as they run. */
@Injectable()
export class RedisLeases {
  /** Of this process; leases of several must not be mistaken for each other. */
  private readonly owner = randomBytes(8).toString('hex');
  private readonly held = new Map<string, Held>();
  /** Ended, and Redis may not know: lease → key. No more than there were when it went away. */
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

  /** From now on it is kept; one that Redis was not `asked` for is there with the next renewal. Ended, it is let go of there. */
  begin(asked: string | undefined, key: string): { end: () => void } {
    const lease = asked ?? this.newId();
    this.held.set(lease, { key, mayBeThere: asked !== undefined });
    this.timer ??= setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();
    return { end: () => this.end(lease) };
  }

  close(): void {
    clearInterval(this.timer);
  }

  private end(lease: string): void {
    const { key, mayBeThere } = this.held.get(lease)!;
    this.held.delete(lease);
    if (!mayBeThere) return;
    this.redis
      .run((client) => client.zRem(key, lease))
      .catch((error: unknown) => {
        if (error instanceof RedisDown) this.ended.set(lease, key);
      });
  }

  /** Those that ended while Redis was away; then those that began meanwhile, and all of them where it came back empty. */
  private async catchUp(): Promise<void> {
    const ended = [...this.ended];
    while (ended.length > 0 && this.redis.isUp) await this.free(ended.splice(0, MAX_BATCH));
    await this.renew();
  }

  private async free(batch: readonly [lease: string, key: string][]): Promise<void> {
    const leases = batch.map(([lease]) => lease);
    const keys = batch.map(([, key]) => key);
    await evaluate(this.redis, FREE, keys, leases).then(
      () => leases.forEach((lease) => this.ended.delete(lease)),
      () => undefined,
    );
  }

  private async renew(): Promise<void> {
    const leases = [...this.held.keys()];
    while (leases.length > 0 && this.redis.isUp) {
      // Of those that still run now: one that ended while a batch was under way must not be written again.
      const batch = leases.splice(0, MAX_BATCH).filter((lease) => this.held.has(lease));
      const held = batch.map((lease) => this.held.get(lease)!);
      for (const one of held) one.mayBeThere = true;
      const keys = held.map(({ key }) => key);
      await evaluate(this.redis, RENEW, keys, [SLOT_LEASE_MS, ...batch]).catch(() => undefined);
    }
  }
}
