import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type ConnectionListener, ReconnectingClient } from '../common/connection/reconnecting.client.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { AppConfig } from '../config/app.config.js';
import { warnOfEviction } from './redis.eviction.js';
import { type RedisClient, RedisConnector } from './redis.connector.js';
import { RedisSubscription, type Subscriber } from './redis.subscription.js';

const WARN_INTERVAL_MS = 30_000;

/** Redis is unreachable or refuses writes. The caller continues without it. */
export class RedisDown extends Error {
  constructor(cause?: unknown) {
    super('Redis cannot be used now', cause === undefined ? undefined : { cause });
    this.name = 'RedisDown';
  }
}

/** The command failed although Redis works: the caller handles it. */
const isCallerError = (error: unknown): boolean =>
  error instanceof Error && /^(?:NOSCRIPT|WRONGTYPE)\b/.test(error.message);

/**
 * The one connection to Redis. Redis only accelerates: it is never the only copy of anything, and a command without a response
 * in time is done without it. After an error Redis is not used until it accepts a write again, so that only the commands in
 * flight wait for their timeout.
 */
@Injectable()
export class RedisConnection implements ConnectionListener, OnModuleInit {
  private readonly logger = new Logger('Redis');
  private readonly link: ReconnectingClient<RedisClient> | undefined;
  private readonly subscriptions = new Set<RedisSubscription>();
  private readonly returnListeners = new Set<() => void>();
  private warnedAt = -Infinity;
  private isDownLogged = false;
  private hasBeenUp = false;

  constructor(private readonly config: AppConfig) {
    if (!config.redis) return;
    const connector = new RedisConnector(config.redis.url, (client) => this.prepare(client));
    this.link = new ReconnectingClient(connector, this);
  }

  /** False without REDIS_URL. */
  get isConfigured(): boolean {
    return this.link !== undefined;
  }

  get isUp(): boolean {
    return this.link?.current !== undefined;
  }

  /** Does not wait for the connection: the program also starts while Redis is down. */
  onModuleInit(): void {
    void this.link?.open();
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.link?.close();
  }

  /** Throws RedisDown, at once while Redis is not in use. Rethrows the NOSCRIPT and WRONGTYPE errors of Redis. */
  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = this.link?.current;
    if (!client) throw new RedisDown();
    try {
      return await withTimeout(this.config.redis!.commandTimeoutMs, work(client));
    } catch (error) {
      if (isCallerError(error)) throw error;
      this.link.drop(client, error);
      throw new RedisDown(error);
    }
  }

  /** Listens on a connection of its own until the subscription is closed; undefined without REDIS_URL. */
  subscribe(channel: string, subscriber: Subscriber): RedisSubscription | undefined {
    if (!this.config.redis) return undefined;
    const subscription = new RedisSubscription(this.config.redis.url, channel, subscriber);
    this.subscriptions.add(subscription);
    return subscription;
  }

  /** Adds a listener that is called each time Redis becomes usable, the first time included. */
  onReturn(listener: () => void): void {
    this.returnListeners.add(listener);
  }

  onUp(): void {
    if (this.isDownLogged) this.logger.log('Redis can be used again');
    this.isDownLogged = false;
    for (const listener of this.returnListeners) listener();
  }

  onDown(cause: unknown): void {
    const now = performance.now();
    if (now - this.warnedAt < WARN_INTERVAL_MS) return;
    this.warnedAt = now;
    this.isDownLogged = true;
    this.logger.warn({ msg: 'Redis cannot be used: this replica continues without it', err: cause });
  }

  /** The probe is a write, because a Redis that is full or a read-only replica cannot count. */
  private async prepare(client: RedisClient): Promise<void> {
    await client.set(`${this.config.limits.keyPrefix}probe`, '1', { PX: 1000 });
    if (!this.hasBeenUp) await warnOfEviction(client, this.logger);
    this.hasBeenUp = true;
  }
}
