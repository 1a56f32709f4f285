import { parentPort, workerData } from 'node:worker_threads';
import { openPrices } from '../config/prices/price.loader.js';
import { BatchReader } from '../events/journal/batch.reader.js';
import { DomainFigures } from '../events/journal/domain.figures.js';
import { EventFolds } from '../events/journal/event.folds.js';
import { EventsWorkerBody, type WorkerStore } from '../events/journal/events.worker.body.js';
import type { FromEvents, ToEvents, WorkerSettings } from '../events/journal/journal.messages.js';
import { openEventDatabase } from '../events/store/event.database.open.js';
import { EventStore } from '../events/store/event.store.js';
import { DeadLetters } from '../events/store/bus/dead.letters.js';
import { StoredEvents } from '../events/store/stored.events.js';
import { openDelivery } from './events.delivery.js';

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
  const delivery = await openDelivery(settings, database, { notify: (notice) => body.notify(notice), warn });
  return {
    store,
    queries: new StoredEvents(database),
    dead: new DeadLetters(database),
    ...(delivery && { delivery }),
    close: () => database.close(),
  };
}

function warn({ msg, err, ...fields }: { readonly msg: string; readonly err?: unknown }): void {
  const why = err instanceof Error ? { ...fields, why: err.message } : fields;
  port.postMessage({ type: 'warning', message: msg, fields: why } satisfies FromEvents);
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
