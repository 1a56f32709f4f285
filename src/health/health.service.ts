import { Injectable } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { Lifecycle } from '../http/lifecycle.js';
import { VERSION } from '../common/values/package.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import { DatabaseCheck } from './database.check.js';
import type { HealthView, Reason } from './health.dto.js';
import { OptionalChecks } from './optional.checks.js';
import { instant } from '../common/rest/field.rules.js';

@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseCheck,
    private readonly optional: OptionalChecks,
    private readonly registry: ReplicaRegistry,
    private readonly lifecycle: Lifecycle,
    private readonly clock: Clock,
  ) {}

  /** Undefined when the server is ready for requests. */
  async whyNotReady(): Promise<Reason | undefined> {
    if (!this.lifecycle.ready) return { status: 'not_ready', reason: 'draining' };
    return (await this.database.isUp()) ? undefined : { status: 'not_ready', reason: 'database' };
  }

  /** Only a report for the operator has the names of replicas, and the sinks. */
  async report(isOperator: boolean): Promise<HealthView> {
    const [up, { checks, sinks }] = await Promise.all([this.database.isUp(), this.optional.report()]);
    const serving = up ? 'ok' : 'unavailable';
    const { durability } = this.database;
    return {
      status: this.lifecycle.ready ? serving : 'draining',
      version: VERSION,
      timestamp: instant(this.clock.now()),
      uptime_seconds: Math.floor(process.uptime()),
      checks: {
        database: up ? 'ok' : 'down',
        ...(durability === undefined ? {} : { durability }),
        ...checks,
      },
      replicas: this.replicas(isOperator),
      ...(isOperator && sinks.length > 0 ? { sinks } : {}),
    };
  }

  private replicas(isOperator: boolean): HealthView['replicas'] {
    return this.registry.known.map(({ id, name, isThis, revision, behind, silentMs }) => ({
      id,
      ...(isOperator ? { name } : {}),
      is_this: isThis,
      revision,
      revisions_behind: behind,
      silent_ms: silentMs,
    }));
  }
}
