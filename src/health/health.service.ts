import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { Lifecycle } from '../http/lifecycle.js';
import { VERSION } from '../common/values/package.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { type Durability, DurabilityWatch } from '../database/durability.watch.js';
import { DatabaseUnreachable } from '../database/dialect/database.error.js';
import { DatabaseService } from '../database/database.service.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import type { HealthView, Reason } from './health.dto.js';
import { instant } from '../common/rest/field.rules.js';

/** A database that does not respond within this time is down. */
const CHECK_LIMIT_MS = 1000;

@Injectable()
export class HealthService {
  private readonly logger = new Logger(HealthService.name);
  private wasUp = true;
  /** The running check of the database; concurrent requests share it. */
  private checking: Promise<boolean> | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly durability: DurabilityWatch,
    private readonly registry: ReplicaRegistry,
    private readonly redis: RedisConnection,
    private readonly lifecycle: Lifecycle,
    private readonly clock: Clock,
  ) {}

  /** Undefined when the server is ready for requests. */
  async whyNotReady(): Promise<Reason | undefined> {
    if (!this.lifecycle.ready) return { status: 'not_ready', reason: 'draining' };
    return (await this.isDatabaseUp()) ? undefined : { status: 'not_ready', reason: 'database' };
  }

  /** Only a report for the operator has the names of replicas. */
  async report(isOperator: boolean): Promise<HealthView> {
    const up = await this.isDatabaseUp();
    const serving = up ? 'ok' : 'unavailable';
    return {
      status: this.lifecycle.ready ? serving : 'draining',
      version: VERSION,
      timestamp: instant(this.clock.now()),
      uptime_seconds: Math.floor(process.uptime()),
      checks: { database: up ? 'ok' : 'down', ...this.durabilityCheck(), ...this.redisCheck() },
      replicas: this.replicas(isOperator),
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

  private durabilityCheck(): { durability?: Durability } {
    const { current } = this.durability;
    return current === undefined ? {} : { durability: current };
  }

  /** Every request is served without Redis, so it does not decide readiness. */
  private redisCheck(): { redis?: 'ok' | 'down' } {
    if (!this.redis.isConfigured) return {};
    return { redis: this.redis.isUp ? 'ok' : 'down' };
  }

  private async isDatabaseUp(): Promise<boolean> {
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async check(): Promise<boolean> {
    const failure = await withTimeout(CHECK_LIMIT_MS, this.database.check()).then(
      () => undefined,
      (error: unknown) => error,
    );
    const isUp = failure === undefined;
    // Without a connection nothing can be read either, which is reported where changes are read.
    const level = failure instanceof DatabaseUnreachable ? 'debug' : 'error';
    if (!isUp && this.wasUp) this.logger[level]({ msg: 'the database does not respond', err: failure });
    if (isUp && !this.wasUp) this.logger.log('the database responds again');
    this.wasUp = isUp;
    return isUp;
  }
}
