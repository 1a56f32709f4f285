import { Injectable } from '@nestjs/common';
import { FileFeeder } from '../audit/file.feeder.js';
import { AuditRetention } from '../changes/audit.retention.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { EventsCheck } from './events.check.js';
import type { HealthView, SinkView } from './health.dto.js';

export interface OptionalReport {
  /** What is not in use is absent. */
  readonly checks: Pick<HealthView['checks'], 'redis' | 'events' | 'audit'>;
  readonly sinks: SinkView[];
}

/** The parts of a server that no request needs: they do not decide readiness. */
@Injectable()
export class OptionalChecks {
  constructor(
    private readonly events: EventsCheck,
    private readonly redis: RedisConnection,
    private readonly auditFile: FileFeeder,
    private readonly auditRetention: AuditRetention,
  ) {}

  async report(): Promise<OptionalReport> {
    const { state, sinks } = await this.events.report();
    const audit = this.auditRetention.fault ? 'broken' : this.auditFile.health;
    return {
      checks: {
        ...(this.redis.isConfigured ? { redis: this.redis.isUp ? 'ok' : 'down' } : {}),
        ...(state === undefined ? {} : { events: state }),
        ...(audit === undefined ? {} : { audit }),
      },
      sinks,
    };
  }
}
