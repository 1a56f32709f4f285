import { ReconnectingClient } from '../../common/connection/reconnecting.client.js';
import { withTimeout } from '../../common/values/with.timeout.js';
import { type RedisClient, RedisConnector } from '../../redis/redis.connector.js';

/** Longer than for limits: no request waits for the stream. */
const COMMAND_TIMEOUT_MS = 5000;

class RedisUnavailable extends Error {
  readonly code = 'REDIS_UNAVAILABLE';

  constructor() {
    super('Redis cannot be used now');
    this.name = 'RedisUnavailable';
  }
}

/** The connection to Redis of the relay and of the bus, without Nest: they run on a worker thread too. */
export class StreamClient {
  private readonly link: ReconnectingClient<RedisClient>;
  private opening: Promise<void> | undefined;

  constructor(url: string) {
    this.link = new ReconnectingClient(new RedisConnector(url, async () => undefined), {});
  }

  /** Rejects while Redis does not respond. A command without a response in time ends the connection. */
  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    this.opening ??= this.link.open();
    await this.opening;
    const client = this.link.current;
    if (client === undefined) throw new RedisUnavailable();
    return withTimeout(COMMAND_TIMEOUT_MS, work(client), () => {
      const error = new RedisUnavailable();
      this.link.drop(client, error);
      return error;
    });
  }

  async close(): Promise<void> {
    await this.link.close();
  }
}
