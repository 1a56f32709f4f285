import { parentPort, workerData } from 'node:worker_threads';
import { openPrices } from '../config/prices/price.loader.js';
import { BatchReader } from '../events/journal/batch.reader.js';
import { DomainFigures } from '../events/journal/domain.figures.js';
import { EventFolds } from '../events/journal/event.folds.js';
import { EventsWorkerBody, type WorkerStore } from '../events/journal/events.worker.body.js';
import type { ToEvents, WorkerSettings } from '../events/journal/journal.messages.js';
import { type DispatchOptions, EventDispatch } from '../dispatcher/event.dispatch.js';
import { OutboxBus } from '../events/store/bus/outbox.bus.js';
import type { EventDatabase } from '../events/store/event.database.js';
import { openEventDatabase } from '../events/store/event.database.open.js';
import { EventStore } from '../events/store/event.store.js';
import { StoredEvents } from '../events/store/stored.events.js';

/** The thread that stores events (see events.thread.ts). */
const port = parentPort!;
const settings = workerData as WorkerSettings;
const figures = new DomainFigures();
const prices = openPrices(settings.pricesPath);

async function open(): Promise<WorkerStore> {
  const database = await openEventDatabase(settings.database);
  const { durability, ...limits } = settings.events;
  const nameOf = (model: string) => prices.nameOf(model);
  const store = new EventStore(database, { ...limits, isStrict: durability === 'strict', nameOf });
  return { store, queries: new StoredEvents(database), sinks: sinksOn(database), close: () => database.close() };
}

function sinksOn(database: EventDatabase): EventDispatch | undefined {
  const { sinks, events, redisUrl, replicaId } = settings;
  const isRelay = events.bus === 'redis-streams' && redisUrl !== undefined;
  if (sinks.services.length === 0 && !isRelay) return undefined;
  const outbox = new OutboxBus(database, replicaId);
  const options: DispatchOptions = {
    replica: replicaId,
    notify: (notice) => body.notify(notice),
    warn: ({ msg, sink, reason }) =>
      body.warn([msg, sink, reason].filter((part) => typeof part === 'string').join(': ')),
  };
  if (isRelay) return EventDispatch.overRedis(outbox, redisUrl, sinks, options);
  return EventDispatch.over(outbox, sinks, options);
}

const body = new EventsWorkerBody({
  open,
  replicaId: settings.replicaId,
  live: settings.live,
  figures,
  reader: (head) => new BatchReader(new EventFolds(prices), figures, head),
  send: (message) => port.postMessage(message),
});
port.on('message', (message: ToEvents) => body.receive(message));
void body.start();
