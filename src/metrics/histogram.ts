import type { Family, Metric, Point } from './metric.js';

/** Histograms of one metric: one for each series, in one array. */
export class Histogram {
  /** For each series its buckets, not cumulated, and behind them what is above the last bound. */
  private readonly counts: Float64Array;
  private readonly sums: Float64Array;
  private readonly width: number;

  /** `bounds` ascend, in seconds. `series` has the labels of each series; their index is their number. */
  constructor(
    private readonly metric: Metric,
    private readonly bounds: readonly number[],
    private readonly series: readonly Readonly<Record<string, string>>[],
  ) {
    this.width = bounds.length + 1;
    this.counts = new Float64Array(series.length * this.width);
    this.sums = new Float64Array(series.length);
  }

  observe(series: number, seconds: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > bounds[bucket]!) bucket += 1;
    this.counts[series * this.width + bucket]! += 1;
    this.sums[series]! += seconds;
  }

  /** Series without an observation are left out. */
  family(): Family {
    return { metric: this.metric, points: this.series.flatMap((labels, at) => this.pointsOf(labels, at)) };
  }

  private pointsOf(labels: Readonly<Record<string, string>>, series: number): Point[] {
    const counts = this.counts.subarray(series * this.width, (series + 1) * this.width);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    const { name } = this.metric;
    let below = 0;
    const buckets = this.bounds.map((bound, at) => {
      below += counts[at]!;
      return { name: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below };
    });
    return [
      ...buckets,
      { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: total },
      { name: `${name}_sum`, labels, value: this.sums[series]! },
      { name: `${name}_count`, labels, value: total },
    ];
  }
}
