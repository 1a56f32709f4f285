import { withTimeout } from '../common/values/with.timeout.js';
import type { MetricPeers } from '../metrics/metric.peers.js';
import type { Family } from '../metrics/metric.js';
import type { Metrics } from '../metrics/metrics.js';
import { sentToPrimary, sendToPrimary, type WorkerChannel } from './worker.channel.js';
import type { MetricsToWorker } from './worker.messages.js';

type Workers = readonly (readonly Family[])[];

/** Longer than the primary waits for the other workers. */
const GATHER_LIMIT_MS = 2000;

/** The other workers, which the primary asks. */
class OtherWorkers implements MetricPeers {
  private readonly waiting = new Map<number, (metrics: Workers) => void>();
  private lastId = 0;
  /** Counts while the primary does not answer: without the others, counters would go back. */
  private latest: Workers = [];

  async gather(own: readonly Family[]): Promise<Workers> {
    this.lastId += 1;
    const id = this.lastId;
    const answer = Promise.withResolvers<Workers>();
    this.waiting.set(id, answer.resolve);
    sendToPrimary({ type: 'gather', id, metrics: own });
    this.latest = await withTimeout(GATHER_LIMIT_MS, answer.promise).catch(() => this.latest);
    this.waiting.delete(id);
    return this.latest;
  }

  gathered(id: number, metrics: Workers): void {
    this.waiting.get(id)?.(metrics);
  }
}

/** From now on a scrape of this worker shows all workers, and this worker answers the scrapes of the others. */
export function shareMetrics(metrics: Metrics, channel: WorkerChannel): void {
  const others = new OtherWorkers();
  metrics.peers = others;
  channel.onMetrics = (message: MetricsToWorker): void => {
    switch (message.type) {
      case 'report':
        return void report(metrics, message.id);
      case 'gathered':
        return others.gathered(message.id, message.metrics);
      default:
        message satisfies never;
    }
  };
}

/** Sends the metrics of this worker. The last ones, at its end, answer no question. */
export async function report(metrics: Metrics, id?: number): Promise<void> {
  await sentToPrimary({ type: 'metrics', ...(id === undefined ? {} : { id }), metrics: await metrics.own() });
}
