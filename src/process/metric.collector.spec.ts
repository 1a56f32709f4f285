import { describe, expect, it } from 'vitest';
import type { Family } from '../metrics/metric.js';
import { type MeasuredWorker, MetricCollector } from './metric.collector.js';
import type { MetricsToWorker } from './worker.messages.js';

const counted = (value: number): Family[] => [
  {
    metric: { name: 'c_total', type: 'counter', help: '', labels: [], across: 'sum' },
    points: [{ name: 'c_total', labels: {}, value }],
  },
  {
    metric: { name: 'g', type: 'gauge', help: '', labels: [], across: 'sum' },
    points: [{ name: 'g', labels: {}, value }],
  },
];

/** A worker without a process. It answers a report with `counts`, or not at all when that is undefined. */
class FakeWorker implements MeasuredWorker {
  private readonly end = Promise.withResolvers<void>();
  readonly ended = this.end.promise;
  hasListened = true;
  private answer = Promise.withResolvers<MetricsToWorker & { type: 'gathered' }>();

  constructor(
    private readonly collector: MetricCollector,
    public counts: number | undefined,
  ) {
    collector.add(this);
  }

  send(message: MetricsToWorker): void {
    if (message.type === 'gathered') this.answer.resolve(message);
    else if (this.counts !== undefined) this.report(this.counts, message.id);
  }

  report(counts: number, id?: number): void {
    this.collector.receive(this, { type: 'metrics', ...(id === undefined ? {} : { id }), metrics: counted(counts) });
  }

  async die(): Promise<void> {
    this.end.resolve();
    await this.ended;
  }

  /** The sums of what the others have: of the counter, and of the gauge. */
  async scrape(): Promise<number[]> {
    this.answer = Promise.withResolvers();
    this.collector.receive(this, { type: 'gather', id: 1, metrics: counted(1000) });
    const { metrics } = await this.answer.promise;
    const sum = (name: string) =>
      metrics
        .flat()
        .filter(({ metric }) => metric.name === name)
        .reduce((total, { points }) => total + points[0]!.value, 0);
    return [sum('c_total'), sum('g')];
  }
}

describe(MetricCollector.name, () => {
  it('gives a worker the metrics of all others', async () => {
    const collector = new MetricCollector();
    const [asker] = [1, 2, 3].map((counts) => new FakeWorker(collector, counts));
    expect(await asker!.scrape()).toEqual([5, 5]);
  });

  it('takes the latest metrics of a worker that does not answer', async () => {
    const collector = new MetricCollector(0);
    const asker = new FakeWorker(collector, 1);
    const other = new FakeWorker(collector, 2);
    await asker.scrape();
    other.counts = undefined;
    expect(await asker.scrape()).toEqual([2, 2]);
  });

  it('does not ask a worker that has not listened yet', async () => {
    const collector = new MetricCollector(2 ** 31 - 1);
    const asker = new FakeWorker(collector, 1);
    new FakeWorker(collector, undefined).hasListened = false;
    expect(await asker.scrape()).toEqual([0, 0]);
  });

  it('does not wait for a worker that ends', async () => {
    const collector = new MetricCollector(2 ** 31 - 1);
    const asker = new FakeWorker(collector, 1);
    const other = new FakeWorker(collector, undefined);
    const scraped = asker.scrape();
    await other.die();
    expect(await scraped).toEqual([0, 0]);
  });

  it('keeps the counters of workers that have ended, and not their gauges', async () => {
    const collector = new MetricCollector();
    const asker = new FakeWorker(collector, 1);
    for (let count = 0; count < 30; count += 1) {
      const worker = new FakeWorker(collector, 2);
      worker.report(3);
      await worker.die();
    }
    expect(await asker.scrape()).toEqual([90, 0]);
  });

  it('takes the last metrics of a worker also behind its end', async () => {
    const collector = new MetricCollector();
    const asker = new FakeWorker(collector, 1);
    const other = new FakeWorker(collector, 2);
    await asker.scrape();
    await other.die();
    other.report(7);
    expect(await asker.scrape()).toEqual([7, 0]);
  });
});
