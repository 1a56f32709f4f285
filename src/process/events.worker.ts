import { parentPort, workerData } from 'node:worker_threads';
import { BatchReader } from '../events/journal/batch.reader.js';
import { DomainFigures } from '../events/journal/domain.figures.js';
import { EventFolds } from '../events/journal/event.folds.js';
import { EventsWorkerBody } from '../events/journal/events.worker.body.js';
import type { ToEvents, WorkerSettings } from '../events/journal/journal.messages.js';
