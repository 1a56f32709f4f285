import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { StreamSettings } from '../../src/config/values/dispatcher.config.js';
import { Dispatcher } from '../../src/dispatcher/delivery/dispatcher.js';
import { LOOP_TIMES } from '../../src/dispatcher/delivery/sink.loop.js';
import type { EventSink } from '../../src/dispatcher/sinks/event.sink.js';
import { RedisRelaySink } from '../../src/dispatcher/streams/redis.relay.sink.js';
import { RedisStreamsBus } from '../../src/dispatcher/streams/redis.streams.bus.js';
import { StreamClient } from '../../src/dispatcher/streams/stream.client.js';
import { trimStream } from '../../src/dispatcher/streams/stream.trim.js';
import { MemoryBus } from '../../src/events/store/bus/memory.bus.js';
import type { RedisClient } from '../../src/redis/redis.connector.js';
import { eventLines } from '../support/event.lines.js';
import { redisClient } from '../support/redis.client.js';
import { RedisServer } from '../support/redis.server.js';
import { until } from '../support/until.js';
import { busContract } from './bus.contract.js';

const url = inject('redis');
const NEVER = new AbortController().signal;

const settings = (): StreamSettings => ({
  key: `events-${randomUUID()}`,
  group: 'dispatchers',
  consumer: undefined,
  claimMs: 30_000,
  batchSize: 100,
});
const busOf = (stream: StreamSettings): RedisStreamsBus =>
  new RedisStreamsBus(new StreamClient(url!), stream, new MemoryBus(10, 'dead'));

describe.skipIf(url === null)(RedisStreamsBus.name, () => {
  let redis: RedisClient;
  let stream: StreamSettings;
  let relayClient: StreamClient;
  let relay: EventSink;

  beforeEach(async () => {
    redis = await redisClient(url!);
    stream = settings();
    relayClient = new StreamClient(url!);
    relay = new RedisRelaySink(relayClient, stream.key);
  });
  afterEach(async () => {
    await relayClient.close();
    await redis.del(stream.key);
    redis.destroy();
  });

  const add = async (lines: readonly string[]): Promise<void> => {
    const id = randomUUID();
    expect(await relay.send({ id, lines }, NEVER)).toEqual({ kind: 'taken' });
  };
  const endLeases = async (): Promise<void> => {
    const keys = await redis.keys(`${stream.key}:lease:*`);
    if (keys.length > 0) await redis.del(keys);
  };

  busContract(async () => ({
    bus: busOf(stream),
    publish: add,
    other: async () => busOf(stream),
    endLeases,
    drop: endLeases,
  }));

  it('gives everything that a dead process has not acknowledged to the next one, before what is new', async () => {
    const [dead, next] = [busOf(stream), busOf(stream)];
    await dead.register('a');
    await add(eventLines(0, 250));
    const [batch] = await dead.claim('a', 8);
    await dead.acknowledge('a', batch!);
    await dead.close();
    await endLeases();
    await add(eventLines(250, 260));

    const seen: string[] = [...batch!.lines];
    await until('all events', async () => {
      for (const claimed of await next.claim('a', 8)) {
        seen.push(...claimed.lines);
        await next.acknowledge('a', claimed);
      }
      return seen.length >= 260;
    });
    expect(seen).toEqual(eventLines(0, 260));
    await next.close();
  });

  it('trims what all groups have acknowledged, and nothing else', async () => {
    const bus = busOf(stream);
    await bus.register('a');
    await bus.register('b');
    await add(eventLines(0, 3));
    await add(eventLines(3, 5));
    for (const batch of await bus.claim('a', 8)) await bus.acknowledge('a', batch);
    const [first] = await bus.claim('b', 8);
    await trimStream(redis, stream.key);
    expect(await redis.xLen(stream.key)).toBe(5);

    await bus.acknowledge('b', first!);
    await trimStream(redis, stream.key);
    expect(await redis.xLen(stream.key)).toBe(2);

    for (const batch of await bus.claim('b', 8)) await bus.acknowledge('b', batch);
    await trimStream(redis, stream.key);
    expect(await redis.xLen(stream.key)).toBe(0);
    await bus.close();
  });

  it('keeps an event as the field data, for any other consumer', async () => {
    const bus = busOf(stream);
    await bus.register('a');
    await add(eventLines(1, 2));
    const [entry] = (await redis.xRange(stream.key, '-', '+')) ?? [];
    expect(entry!.message['data']).toBe(eventLines(1, 2)[0]);
    await bus.close();
  });

  it('is fed from the outbox by a relay', async () => {
    const outbox = new MemoryBus(1000, 'server');
    const bus = busOf(stream);
    await bus.register('a');
    const dispatcher = new Dispatcher(outbox, [relay], {
      replica: 'server',
      batchSize: 100,
      notify: () => undefined,
      warn: () => undefined,
      times: { ...LOOP_TIMES, idleMs: 5 },
    });
    dispatcher.start();
    await until('the registration', async () => {
      outbox.publish(eventLines(0, 2));
      return (await outbox.lag('redis')).events > 0;
    });
    await until('the events in the stream', async () => (await bus.claim('a', 1)).length > 0);
    await dispatcher.stop();
    expect((await bus.claim('a', 1))[0]!.lines).toEqual(eventLines(0, 2));
    await bus.close();
  });

  it('says retry while Redis is away', async () => {
    const away = new StreamClient('redis://127.0.0.1:1');
    const awayRelay: EventSink = new RedisRelaySink(away, stream.key);
    expect(await awayRelay.send({ id: 'x', lines: ['{}'] }, NEVER)).toEqual({
      kind: 'retry',
      reason: 'REDIS_UNAVAILABLE',
    });
    await away.close();
  });

  it.skipIf(!RedisServer.isInstalled())(
    'counts what is behind after Redis was killed and has read its log',
    async () => {
      const server = await RedisServer.start({ durable: true });
      const client = new StreamClient(server.url);
      const bus = new RedisStreamsBus(client, stream, new MemoryBus(10, 'dead'));
      await bus.register('a');
      const sink = new RedisRelaySink(client, stream.key);
      await sink.send({ id: 'x', lines: eventLines(0, 3) });
      for (const batch of await bus.claim('a', 8)) await bus.acknowledge('a', batch);
      await bus.close();
      await server.kill();
      await server.restart();

      const again = new RedisStreamsBus(new StreamClient(server.url), stream, new MemoryBus(10, 'dead'));
      expect(await again.lag('a')).toEqual({ events: 0, seconds: 0 });
      await again.close();
      await server.stop();
    },
  );
});
