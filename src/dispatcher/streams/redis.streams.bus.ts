import { hostname } from 'node:os';
import type { StreamSettings } from '../../config/values/dispatcher.config.js';
import { type DeadEvent, type EventBatch, EventBus, type SinkLag } from '../../events/event/event.bus.js';
import type { RedisClient } from '../../redis/redis.connector.js';
import type { StreamClient } from './stream.client.js';
import { batchesOf, type StreamBatch, type StreamEntry } from './stream.entries.js';
import { giveLeaseBack, takeLease } from './stream.lease.js';
import { streamLag } from './stream.lag.js';

/** Where events go that a sink refuses for good: the database, so that they are listed and replayed like all others. */
export type DeadLetters = Pick<EventBus, 'bury'>;

/** At the end of the stream. With the number of entries so far Redis can count what the group is behind. */
const CREATE_GROUP = `
local added = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do if info[i] == 'entries-added' then added = info[i + 1] end end
end
return redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '$', 'MKSTREAM', 'ENTRIESREAD', added)`;
/** A shorter lease could end between two claims of a sink that waits. */
const SHORTEST_LEASE_MS = 10_000;

const isReply = (error: unknown, code: string): boolean => error instanceof Error && error.message.includes(code);

/** What this process has claimed for a sink and not acknowledged. */
interface Claims {
  batches: StreamBatch[];
  /** By the monotonic clock: when entries of other consumers were last taken over. */
  takenOverAt: number;
}

/** The stream in Redis. Each sink has a consumer group of its own, and a lease. */
export class RedisStreamsBus extends EventBus {
  private readonly claims = new Map<string, Claims>();
  private readonly consumer: string;
  private readonly leaseMs: number;

  constructor(
    private readonly redis: StreamClient,
    private readonly stream: StreamSettings,
    private readonly deadLetters: DeadLetters,
  ) {
    super();
    this.leaseMs = Math.max(stream.claimMs, SHORTEST_LEASE_MS);
    this.consumer = stream.consumer ?? `${hostname()}-${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
  }

  async register(sink: string): Promise<void> {
    await this.redis.run((client) => this.createGroup(client, sink));
  }

  async remove(sink: string): Promise<void> {
    this.claims.delete(sink);
    await this.redis.run((client) => client.xGroupDestroy(this.stream.key, this.groupOf(sink)));
  }

  async claim(sink: string, maxBatches: number): Promise<EventBatch[]> {
    return this.redis.run(async (client) => {
      const lease = await takeLease(client, this.leaseOf(sink), this.consumer, this.leaseMs);
      if (lease !== 'held') this.claims.delete(sink);
      if (lease === 'other') return [];
      const claims = this.claimsOf(sink);
      await this.readMore(client, sink, claims, maxBatches, lease === 'taken');
      return claims.batches.slice(0, maxBatches);
    });
  }

  async acknowledge(sink: string, { id }: EventBatch): Promise<void> {
    const claims = this.claimsOf(sink);
    const batch = claims.batches.find((candidate) => candidate.id === id);
    if (batch === undefined) return;
    await this.redis.run((client) => client.xAck(this.stream.key, this.groupOf(sink), [...batch.ids]));
    claims.batches = claims.batches.filter((other) => other !== batch);
  }

  async bury(sink: string, events: readonly DeadEvent[]): Promise<void> {
    await this.deadLetters.bury(sink, events);
  }

  async lag(sink: string): Promise<SinkLag> {
    return this.redis.run((client) => streamLag(client, this.stream.key, this.groupOf(sink)));
  }

  /** What this process has not acknowledged is taken over by the next one at once. */
  async release(sink: string): Promise<void> {
    const ids = (this.claims.get(sink)?.batches ?? []).flatMap((batch) => batch.ids);
    this.claims.delete(sink);
    const { key, claimMs } = this.stream;
    await this.redis.run(async (client) => {
      if (ids.length > 0) await client.xClaimJustId(key, this.groupOf(sink), this.consumer, 0, ids, { IDLE: claimMs });
      await giveLeaseBack(client, this.leaseOf(sink), this.consumer);
    });
  }

  async close(): Promise<void> {
    await this.redis.close();
  }

  /** Entries of a former consumer first, then new ones. `isNew`: this process has the lease since now. */
  private async readMore(
    client: RedisClient,
    sink: string,
    claims: Claims,
    maxBatches: number,
    isNew: boolean,
  ): Promise<void> {
    if (isNew || performance.now() - claims.takenOverAt > this.stream.claimMs / 4) {
      claims.takenOverAt = performance.now();
      const held = new Set(claims.batches.flatMap(({ ids }) => ids));
      // With the lease comes everything that its former holder has not acknowledged.
      const entries = await this.takeOver(client, sink, isNew ? 0 : this.stream.claimMs);
      claims.batches.push(...batchesOf(entries.filter((entry) => entry !== null && !held.has(entry.id))));
    }
    if (claims.batches.length < maxBatches) claims.batches.push(...batchesOf(await this.readNew(client, sink)));
  }

  private async readNew(client: RedisClient, sink: string): Promise<StreamEntry[]> {
    const { key, batchSize } = this.stream;
    try {
      const streams = await client.xReadGroup(
        this.groupOf(sink),
        this.consumer,
        { key, id: '>' },
        { COUNT: batchSize },
      );
      return ((streams as { messages: StreamEntry[] }[] | null) ?? []).flatMap(({ messages }) => messages);
    } catch (error) {
      // The sink was removed, or Redis has lost its data.
      if (isReply(error, 'NOGROUP')) return [];
      throw error;
    }
  }

  /** Entries that no consumer has acknowledged for `idleMs`, this one included. */
  private async takeOver(client: RedisClient, sink: string, idleMs: number): Promise<(StreamEntry | null)[]> {
    const { key, batchSize } = this.stream;
    const entries: (StreamEntry | null)[] = [];
    let start = '0-0';
    do {
      const page = await client
        .xAutoClaim(key, this.groupOf(sink), this.consumer, idleMs, start, { COUNT: batchSize })
        .catch((error: unknown) => {
          if (isReply(error, 'NOGROUP')) return { nextId: '0-0', messages: [] };
          throw error;
        });
      entries.push(...(page.messages as (StreamEntry | null)[]));
      start = page.nextId;
    } while (start !== '0-0');
    return entries;
  }

  private async createGroup(client: RedisClient, sink: string): Promise<void> {
    try {
      await client.eval(CREATE_GROUP, { keys: [this.stream.key], arguments: [this.groupOf(sink)] });
    } catch (error) {
      if (!isReply(error, 'BUSYGROUP')) throw error;
    }
  }

  private claimsOf(sink: string): Claims {
    const claims = this.claims.get(sink) ?? { batches: [], takenOverAt: -Infinity };
    this.claims.set(sink, claims);
    return claims;
  }

  private readonly groupOf = (sink: string): string => `${this.stream.group}:${sink}`;
  private readonly leaseOf = (sink: string): string => `${this.stream.key}:lease:${sink}`;
}
