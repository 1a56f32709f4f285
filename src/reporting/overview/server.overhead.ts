import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/values/clock.js';
import { AppConfig } from '../../config/app.config.js';
import { REQUEST_METRICS } from '../../metrics/metric.catalogue.js';
import { Metrics } from '../../metrics/metrics.js';
import { quantileOf } from '../../metrics/quantile.js';

export interface Overhead {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The start of the process, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What this server, with all its workers, adds to a request before an upstream sees it. */
@Injectable()
export class ServerOverhead {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Undefined before the first request, and without metrics. */
  async measured(): Promise<Overhead | undefined> {
    if (!this.config.metrics) return undefined;
    const family = (await this.metrics.all()).find(({ metric }) => metric.name === REQUEST_METRICS.overhead.name);
    const [p50, p99] = [0.5, 0.99].map((part) => family && quantileOf(family, part));
    if (p50 === undefined || p99 === undefined) return undefined;
    const sinceMs = this.clock.now() - process.uptime() * 1000;
    return { p50Ms: p50 * 1000, p99Ms: p99 * 1000, sinceMs };
  }
}
