import { type DispatchOptions, EventDispatch } from '../dispatcher/event.dispatch.js';
import { REDIS_RELAY } from '../dispatcher/streams/redis.relay.sink.js';
import type { EventDelivery } from '../events/journal/event.delivery.js';
import type { WorkerSettings } from '../events/journal/journal.messages.js';
import type { EventDatabase } from '../events/store/event.database.js';
import { MemoryBus } from '../events/store/bus/memory.bus.js';
import { OutboxBus } from '../events/store/bus/outbox.bus.js';

/**
 * The delivery of a server: to its own sinks, and to the stream in Redis if that is the bus. Undefined without either. Sinks
 * are registered when it resolves, so that no event is stored before.
 */
export async function openDelivery(
  settings: WorkerSettings,
  database: EventDatabase,
  options: Omit<DispatchOptions, 'replica'>,
): Promise<EventDelivery | undefined> {
  const { dispatcher, events, redisUrl, replicaId: replica } = settings;
  if (dispatcher.services.length === 0 && events.bus !== 'redis-streams') return undefined;
  if (events.bus === 'in-memory') {
    const memory = new MemoryBus(events.bufferSize, replica);
    for (const sink of dispatcher.services) await memory.register(sink);
    return running(EventDispatch.over(memory, dispatcher, { ...options, replica }), (lines) => memory.publish(lines));
  }
  const outbox = new OutboxBus(database, replica);
  if (events.bus === 'redis-streams') {
    await outbox.register(REDIS_RELAY);
    return running(EventDispatch.overRedis(outbox, redisUrl!, dispatcher, { ...options, replica }));
  }
  for (const sink of dispatcher.services) await outbox.register(sink);
  return running(EventDispatch.over(outbox, dispatcher, { ...options, replica }));
}

const running = (dispatch: EventDispatch, publish?: (lines: readonly string[]) => void): EventDelivery => ({
  start: () => dispatch.start(),
  stored: (lines) => {
    publish?.(lines);
    dispatch.wake();
  },
  stop: () => dispatch.stop(),
  status: () => dispatch.status(),
  samples: () => dispatch.samples(),
});
