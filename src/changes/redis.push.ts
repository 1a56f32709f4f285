import type { RedisConnection } from '../redis/redis.connection.js';
import type { RedisSubscription } from '../redis/redis.subscription.js';
import type { Change } from './change.js';
import { ChangePush } from './change.push.js';

/** Where several systems share a Redis they hear of one another's changes, and look in vain. */
const CHANNEL = 'llm-proxy:changes';

/** Publish and subscribe in Redis. Without Redis the poll does it. */
export class RedisPush extends ChangePush {
  private subscription: RedisSubscription | undefined;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async announceWithin(): Promise<void> {}

  announce({ revision }: Change): void {
    void this.redis.run((client) => client.publish(CHANNEL, String(revision))).catch(() => undefined);
  }

  listen(look: () => void): void {
    this.subscription = this.redis.subscribe(CHANNEL, { onMessage: look, onUp: look });
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }
}
