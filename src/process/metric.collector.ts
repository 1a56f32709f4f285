import { countersOf, mergeFamilies } from '../metrics/family.merge.js';
import type { Family } from '../metrics/metric.js';
import type { MetricsFromWorker, MetricsToWorker } from './worker.messages.js';

type Families = readonly Family[];

/** A worker as the collector needs it. */
export interface MeasuredWorker {
  readonly ended: Promise<unknown>;
  /** It has listened, so it answers. */
  readonly hasListened: boolean;
  send(message: MetricsToWorker): void;
}

/** The latest metrics of a worker that does not answer in this time count. */
const ANSWER_LIMIT_MS = 1000;
/** A worker's last message may come after its end. Only those that ended last are waited for. */
const MAX_ENDED = 8;

/**
 * Collects the metrics of all workers for the one that answers a scrape. It keeps the latest of each, and the counters of
 * those that have ended: what a scrape has shown never goes back.
 */
export class MetricCollector {
  private readonly running = new Map<MeasuredWorker, Families>();
  private readonly ended = new Map<MeasuredWorker, Families>();
  private readonly waiting = new Map<number, () => void>();
  private kept: Families = [];
  private lastId = 0;

  constructor(private readonly limitMs = ANSWER_LIMIT_MS) {}

  add(worker: MeasuredWorker): void {
    this.running.set(worker, []);
    void worker.ended.then(() => this.remove(worker));
  }

  receive(worker: MeasuredWorker, message: MetricsFromWorker): void {
    this.remember(worker, message.metrics);
    switch (message.type) {
      case 'gather':
        return void this.gather(worker, message.id);
      case 'metrics':
        return this.waiting.get(message.id ?? -1)?.();
      default:
        message satisfies never;
    }
  }

  private async gather(asker: MeasuredWorker, id: number): Promise<void> {
    const others = [...this.running.keys()].filter((worker) => worker !== asker);
    await Promise.all(others.filter(({ hasListened }) => hasListened).map(async (worker) => this.ask(worker)));
    const latest = others.map((worker) => this.running.get(worker) ?? []);
    asker.send({ type: 'gathered', id, metrics: [this.kept, ...[...this.ended.values()].map(countersOf), ...latest] });
  }

  /** Resolves with the answer of a worker, its end, or the limit. */
  private async ask(worker: MeasuredWorker): Promise<void> {
    this.lastId += 1;
    const id = this.lastId;
    const answer = Promise.withResolvers<void>();
    this.waiting.set(id, answer.resolve);
    const timer = setTimeout(answer.resolve, this.limitMs);
    worker.send({ type: 'report', id });
    await Promise.race([answer.promise, worker.ended]);
    clearTimeout(timer);
    this.waiting.delete(id);
  }

  private remember(worker: MeasuredWorker, metrics: Families): void {
    for (const workers of [this.running, this.ended]) if (workers.has(worker)) workers.set(worker, metrics);
  }

  private remove(worker: MeasuredWorker): void {
    this.ended.set(worker, this.running.get(worker) ?? []);
    this.running.delete(worker);
    const [oldest] = this.ended;
    if (this.ended.size <= MAX_ENDED || !oldest) return;
    this.ended.delete(oldest[0]);
    this.kept = mergeFamilies([this.kept, countersOf(oldest[1])]);
  }
}
