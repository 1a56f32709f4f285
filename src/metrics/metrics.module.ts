import { Module } from '@nestjs/common';
import { MetricSources } from './metric.sources.js';
import { Metrics } from './metrics.js';
import { RequestMetrics } from './request.metrics.js';

/** Figures of this process. Rooms that have figures of their own import it, and add a source to `MetricSources`. */
@Module({
  providers: [MetricSources, RequestMetrics, Metrics],
  exports: [MetricSources, RequestMetrics, Metrics],
})
export class MetricsModule {}
