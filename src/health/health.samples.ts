import { Injectable } from '@nestjs/common';
import { statementCounts } from '../database/dialect/statement.counts.js';
import { Lifecycle } from '../http/lifecycle.js';
import { MetricSources } from '../metrics/metric.sources.js';
import type { Sample } from '../metrics/sample.js';
import { RedisConnection } from '../redis/redis.connection.js';

/** What the state of the server is in numbers. It reads memory alone: a scrape must not wait for a database. */
@Injectable()
export class HealthSamples {
  constructor(
    sources: MetricSources,
    private readonly redis: RedisConnection,
    private readonly lifecycle: Lifecycle,
  ) {
    sources.add(() => this.samples());
  }

  private samples(): Sample[] {
    return [
      single('llm_proxy_ready', Number(this.lifecycle.ready)),
      ...(this.redis.isConfigured ? [single('llm_proxy_redis_up', Number(this.redis.isUp))] : []),
      single('llm_proxy_store_statements_total', statementCounts.sent),
      single('llm_proxy_store_errors_total', statementCounts.failed),
    ];
  }
}

const single = (name: string, value: number): Sample => ({ name, labels: {}, value });
