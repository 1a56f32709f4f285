import type { DispatcherConfig } from '../config/values/dispatcher.config.js';
import type { EventBus } from '../events/event/event.bus.js';
import type { Sample } from '../metrics/sample.js';
import { Dispatcher, type DispatcherOptions } from './delivery/dispatcher.js';
import type { SinkStatus } from './delivery/sink.status.js';
import { createSinks } from './sinks/create.sinks.js';
import { RedisRelaySink } from './streams/redis.relay.sink.js';
import { RedisStreamsBus } from './streams/redis.streams.bus.js';
import { StreamClient } from './streams/stream.client.js';

export type DispatchOptions = Omit<DispatcherOptions, 'batchSize'>;

/** The delivery of one process: from the bus that the configuration names to its sinks. Plain settings, so that a worker thread can run it. */
export class EventDispatch {
  private constructor(
    private readonly dispatchers: readonly Dispatcher[],
    private readonly streams: EventBus | undefined,
  ) {}

  /** `bus` is the outbox, or the bus in memory. The caller closes it. */
  static over(bus: EventBus, config: DispatcherConfig, options: DispatchOptions): EventDispatch {
    const { batchSize } = config;
    return new EventDispatch([new Dispatcher(bus, createSinks(config), { ...options, batchSize })], undefined);
  }

  /** From the outbox through the stream in Redis. One of all processes is the relay between them. */
  static overRedis(
    outbox: EventBus,
    redisUrl: string,
    config: DispatcherConfig,
    options: DispatchOptions,
  ): EventDispatch {
    const { batchSize, stream } = config;
    const client = new StreamClient(redisUrl);
    const streams = new RedisStreamsBus(client, stream, outbox);
    const relay = new Dispatcher(outbox, [new RedisRelaySink(client, stream.key)], { ...options, batchSize });
    return new EventDispatch([relay, new Dispatcher(streams, createSinks(config), { ...options, batchSize })], streams);
  }

  start(): void {
    for (const dispatcher of this.dispatchers) dispatcher.start();
  }

  /** Looks for events now. */
  wake(): void {
    for (const dispatcher of this.dispatchers) dispatcher.wake();
  }

  /** Finishes the batches in flight, within 5 s, and gives the leases back. */
  async stop(): Promise<void> {
    await Promise.all(this.dispatchers.map((dispatcher) => dispatcher.stop()));
    await this.streams?.close();
  }

  async status(): Promise<SinkStatus[]> {
    return (await Promise.all(this.dispatchers.map((dispatcher) => dispatcher.status()))).flat();
  }

  async samples(): Promise<Sample[]> {
    return (await Promise.all(this.dispatchers.map((dispatcher) => dispatcher.samples()))).flat();
  }
}
