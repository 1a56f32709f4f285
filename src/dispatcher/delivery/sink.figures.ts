import type { Sample } from '../../metrics/sample.js';

/** What became of one request to a sink. */
export const RESULTS = ['taken', 'retry', 'broken', 'refused'] as const;
export type Result = (typeof RESULTS)[number];

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] as const;
const DURATION = 'llm_proxy_sink_duration_seconds';

/** The figures of one sink since the start of the process. */
export class SinkFigures {
  private readonly deliveries = new Map<Result, number>(RESULTS.map((result) => [result, 0]));
  /** Of each bucket alone; the last is over all bounds. */
  private readonly durations = Array.from({ length: BUCKETS_SECONDS.length + 1 }, () => 0);
  private durationSeconds = 0;
  private dead = 0;

  constructor(private readonly sink: string) {}

  onDelivery(result: Result, seconds: number): void {
    this.deliveries.set(result, this.deliveries.get(result)! + 1);
    const bucket = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound);
    const at = bucket < 0 ? BUCKETS_SECONDS.length : bucket;
    this.durations[at] = this.durations[at]! + 1;
    this.durationSeconds += seconds;
  }

  onDead(events: number): void {
    this.dead += events;
  }

  samples(): Sample[] {
    const labels = { sink: this.sink };
    const deliveries = [...this.deliveries].map(([result, value]) => ({
      name: 'llm_proxy_sink_deliveries_total',
      labels: { ...labels, result },
      value,
    }));
    return [...deliveries, ...this.histogram(), { name: 'llm_proxy_events_dead_total', labels, value: this.dead }];
  }

  private histogram(): Sample[] {
    const labels = { sink: this.sink };
    let count = 0;
    const buckets = this.durations.map((value, at) => {
      count += value;
      const bound = BUCKETS_SECONDS[at];
      return { name: `${DURATION}_bucket`, labels: { ...labels, le: bound ? String(bound) : '+Inf' }, value: count };
    });
    return [
      ...buckets,
      { name: `${DURATION}_sum`, labels, value: this.durationSeconds },
      { name: `${DURATION}_count`, labels, value: count },
    ];
  }
}
