import { EventSink, type Outcome, type SinkBatch, TAKEN } from '../sinks/event.sink.js';
import { faultOf, retry } from '../sinks/http.outcome.js';
import type { StreamClient } from './stream.client.js';
import { trimStream } from './stream.trim.js';

/** The name under which the outbox keeps events for the stream. */
export const REDIS_RELAY = 'redis';
const TRIM_INTERVAL_MS = 1000;

/**
 * The relay from the outbox to the stream in Redis: a sink of the outbox, so that one process at a time feeds the stream, in
 * order and at least once. The field `data` of an entry is the event as JSON; `batch` is the same for entries that belong together.
 */
export class RedisRelaySink extends EventSink {
  readonly name = REDIS_RELAY;
  readonly takesNotices = true;
  readonly limits = { lines: 1000, bytes: 4 * 1024 * 1024 };
  private trimmedAt = -Infinity;

  constructor(
    private readonly redis: StreamClient,
    private readonly key: string,
  ) {
    super();
  }

  async send({ id: batch, lines }: SinkBatch): Promise<Outcome> {
    try {
      await this.redis.run((client) => Promise.all(lines.map((data) => client.xAdd(this.key, '*', { data, batch }))));
    } catch (error) {
      return retry(faultOf(error));
    }
    await this.trim();
    return TAKEN;
  }

  /** The stream belongs to the bus, which closes the connection. */
  async close(): Promise<void> {}

  /** A failure delays nothing: the next trim removes what this one has not. */
  private async trim(): Promise<void> {
    const now = performance.now();
    if (now - this.trimmedAt < TRIM_INTERVAL_MS) return;
    this.trimmedAt = now;
    await this.redis.run((client) => trimStream(client, this.key)).catch(() => undefined);
  }
}
