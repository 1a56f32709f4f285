import { ReconnectingClient } from '../common/connection/reconnecting.client.js';
import { type RedisClient, RedisConnector } from './redis.connector.js';

export interface Subscriber {
  onMessage(message: string): void;
  /** Each time the subscription begins: earlier messages may have been missed. */
  onUp?(): void;
}

/** A subscription to one channel, on a connection of its own that reconnects. */
export class RedisSubscription {
  private readonly connection: ReconnectingClient<RedisClient>;

  constructor(url: string, channel: string, subscriber: Subscriber) {
    const subscribe = (client: RedisClient): Promise<void> =>
      client.subscribe(channel, (message) => subscriber.onMessage(message));
    this.connection = new ReconnectingClient(new RedisConnector(url, subscribe), subscriber);
    void this.connection.open();
  }

  /** False while messages may be missed. A connection that falls silent is noticed within two seconds. */
  get isLive(): boolean {
    return this.connection.current !== undefined;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
