import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type ConnectionListener, ReconnectingClient } from '../common/connection/reconnecting.client.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { AppConfig } from '../config/app.config.js';
import { warnOfEviction } from './redis.eviction.js';
import { type RedisClient, RedisConnector } from './redis.connector.js';
import { RedisSubscription, type Subscriber } from './redis.subscription.js';

const WARN_EVERY_MS = 30_000;

/** Redis is away or cannot be written: whoever asked goes on without it. */
export class RedisDown extends Error {
  constructor(cause?: unknown) {
    super('Redis cannot be used now', cause === undefined ? undefined : { cause });
    this.name = 'RedisDown';
  }
}

/** A command that Redis, being well, cannot carry out as things are: for the asker to put right. */
const isForTheAsker = (error: unknown): boolean =>
  error instanceof Error && /^(?:NOSCRIPT|WRONGTYPE)\b/.test(error.message);

/**
 * The one connection to Redis, an accelerator: nothing is kept there alone, and what it does not answer in time is done
 * without it. After a fault it is left alone, so that only the commands in flight pay for it, until it can be written again.
 */
@Injectable()
export class RedisConnection implements ConnectionListener, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private readonly link: ReconnectingClient<RedisClient> | undefined;
  private readonly subscriptions = new Set<RedisSubscription>();
  private readonly returned = new Set<() => void>();
  private warnedAt = -Infinity;
  private isMissed = false;
  private hasBeenUp = false;

  constructor(private readonly config: AppConfig) {
    if (!config.redis) return;
    const connector = new RedisConnector(config.redis.url, (client) => this.prepare(client));
    this.link = new ReconnectingClient(connector, this);
  }

  /** False without REDIS_URL: then there is no Redis, rather than one that is down. */
  get isConfigured(): boolean {
    return this.link !== undefined;
  }

  get isUp(): boolean {
    return this.link?.current !== undefined;
  }

  /** Nobody waits for the connection: a start with Redis down is a start. */
  onModuleInit(): void {
    void this.link?.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.link?.close();
  }

  /** Throws RedisDown, at once while Redis is left alone; NOSCRIPT and WRONGTYPE as Redis says them. */
  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = this.link?.current;
    if (!client) throw new RedisDown();
    try {
      return await withTimeout(this.config.redis!.commandTimeoutMs, work(client));
    } catch (error) {
      if (isForTheAsker(error)) throw error;
      this.link.drop(client, error);
      throw new RedisDown(error);
    }
  }

  /** Listens on a connection of its own until it is closed; undefined without REDIS_URL. */
  subscribe(channel: string, subscriber: Subscriber): RedisSubscription | undefined {
    if (!this.config.redis) return undefined;
    const subscription = new RedisSubscription(this.config.redis.url, channel, subscriber);
    this.subscriptions.add(subscription);
    return subscription;
  }

  /** Called each time Redis can be used again after it could not. */
  onReturn(listener: () => void): void {
    this.returned.add(listener);
  }

  /** A write: a Redis that is full or a replica of another cannot count. */
  async prepare(client: RedisClient): Promise<void> {
    await client.set(`${this.config.limits.keyPrefix}probe`, '1', { PX: 1000 });
    if (!this.hasBeenUp) await warnOfEviction(client, this.logger);
    this.hasBeenUp = true;
  }

  onUp(): void {
    if (this.isMissed) this.logger.log('Redis can be used again');
    this.isMissed = false;
    for (const listener of this.returned) listener();
  }

  onDown(why: unknown): void {
    const now = performance.now();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    this.isMissed = true;
    this.logger.warn({ msg: 'Redis cannot be used: this replica goes on without it', err: why });
  }
}
