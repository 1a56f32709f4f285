import type { RedisConnection } from '../redis/redis.connection.js';
import type { RedisSubscription } from '../redis/redis.subscription.js';
import type { Change } from './change.js';
import { ChangePush } from './change.push.js';

/** Systems that share a Redis get each other's messages, and read their own changes in vain. */
const CHANNEL = 'llm-proxy:changes';

/** Publish and subscribe in Redis. While Redis is down, replicas find changes by their poll. */
export class RedisPush extends ChangePush {
  private subscription: RedisSubscription | undefined;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async announceWithin(): Promise<void> {}

  announce({ revision }: Change): void {
    this.publish(String(revision));
  }

  nudge(): void {
    this.publish('');
  }

  listen(look: () => void): void {
    this.subscription = this.redis.subscribe(CHANNEL, { onMessage: look, onUp: look });
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }

  private publish(message: string): void {
    void this.redis.run((client) => client.publish(CHANNEL, message)).catch(() => undefined);
  }
}
