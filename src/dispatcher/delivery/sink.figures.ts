import type { Sample } from '../../metrics/sample.js';

/** What became of one request to a sink. */
const RESULTS = ['taken', 'retry', 'broken', 'refused'] as const;
export type Result = (typeof RESULTS)[number];

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] as const;
const DURATION = 'llm_proxy_sink_duration_seconds';

/** The requests with one result. */
class ResultFigures {
  /** Of each bucket alone; the last is over all bounds. */
  private readonly buckets = Array.from({ length: BUCKETS_SECONDS.length + 1 }, () => 0);
  private seconds = 0;
  private count = 0;

  add(seconds: number): void {
    const bucket = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound);
    const at = bucket < 0 ? BUCKETS_SECONDS.length : bucket;
    this.buckets[at] = this.buckets[at]! + 1;
    this.seconds += seconds;
    this.count += 1;
  }

  samples(labels: Readonly<Record<string, string>>): Sample[] {
    const { count: value } = this;
    const total = { name: 'llm_proxy_sink_deliveries_total', labels, value };
    if (value === 0) return [total];
    return [
      total,
      ...this.bucketSamples(labels),
      { name: `${DURATION}_sum`, labels, value: this.seconds },
      { name: `${DURATION}_count`, labels, value },
    ];
  }

  /** Each bucket includes the smaller ones. */
  private bucketSamples(labels: Readonly<Record<string, string>>): Sample[] {
    let value = 0;
    return this.buckets.map((count, at) => {
      value += count;
      const bound = BUCKETS_SECONDS[at];
      return { name: `${DURATION}_bucket`, labels: { ...labels, le: bound ? String(bound) : '+Inf' }, value };
    });
  }
}

/** The figures of one sink since the start of the process. */
export class SinkFigures {
  private readonly results = new Map(RESULTS.map((result) => [result, new ResultFigures()]));
  private dead = 0;

  constructor(private readonly sink: string) {}

  onDelivery(result: Result, seconds: number): void {
    this.results.get(result)!.add(seconds);
  }

  onDead(events: number): void {
    this.dead += events;
  }

  samples(): Sample[] {
    const { sink } = this;
    return [
      ...[...this.results].flatMap(([result, figures]) => figures.samples({ sink, result })),
      { name: 'llm_proxy_events_dead_total', labels: { sink }, value: this.dead },
    ];
  }
}
