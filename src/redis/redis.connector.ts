import type { RedisClientType } from 'redis';
import { CONNECT_TIMEOUT_MS, type Connector } from '../common/connection/reconnecting.client.js';

export type RedisClient = RedisClientType;

/** Connections to one Redis; `prepare` makes a connected client ready for use, and throws when it cannot. */
export class RedisConnector implements Connector<RedisClient> {
  constructor(
    private readonly url: string,
    private readonly prepare: (client: RedisClient) => Promise<void>,
  ) {}

  async create(onLost: (cause: unknown) => void): Promise<RedisClient> {
    // Loaded only where Redis is configured: the library takes a good part of the start-up time.
    const { createClient } = await import('redis');
    const client: RedisClient = createClient({
      url: this.url,
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: 'disabled',
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    });
    client.on('error', onLost);
    return client;
  }

  async connect(client: RedisClient): Promise<void> {
    await client.connect();
    await this.prepare(client);
  }

  ping(client: RedisClient): Promise<unknown> {
    return client.ping();
  }

  close(client: RedisClient): Promise<unknown> {
    return client.close();
  }

  destroy(client: RedisClient): void {
    try {
      client.destroy();
    } catch {
      // It throws when the client is closed already.
    }
  }
}
