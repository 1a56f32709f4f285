import type { EventReader } from '../event/event.queries.js';
import type { EventsThread } from './events.thread.js';

type Answer<K extends keyof EventReader> = ReturnType<EventReader[K]>;

/** Asks the events worker. A question that is not answered within 10 s is `store_unavailable`. */
export class WorkerEventReader implements EventReader {
  constructor(private readonly worker: Pick<EventsThread, 'ask'>) {}

  requests(...args: Parameters<EventReader['requests']>): Answer<'requests'> {
    return this.worker.ask('requests', args) as Answer<'requests'>;
  }

  request(...args: Parameters<EventReader['request']>): Answer<'request'> {
    return this.worker.ask('request', args) as Answer<'request'>;
  }

  after(...args: Parameters<EventReader['after']>): Answer<'after'> {
    return this.worker.ask('after', args) as Answer<'after'>;
  }

  usage(...args: Parameters<EventReader['usage']>): Answer<'usage'> {
    return this.worker.ask('usage', args) as Answer<'usage'>;
  }
}
