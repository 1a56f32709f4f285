import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { Lifecycle } from '../http/lifecycle.js';
import { VERSION } from '../common/values/package.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { DatabaseService } from '../database/database.service.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import type { HealthView, Reason } from './health.dto.js';

/** A store that takes longer than this to answer does not answer. */
const CHECK_LIMIT_MS = 1000;

@Injectable()
export class HealthService {
  private readonly logger = new Logger(HealthService.name);
  private wasUp = true;
  /** The look at the store that is under way: whoever asks meanwhile shares it. */
  private looking: Promise<boolean> | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly roll: ReplicaRegistry,
    private readonly redis: RedisConnection,
    private readonly lifecycle: Lifecycle,
    private readonly clock: Clock,
  ) {}

  /** Undefined when work may come. */
  async whyNotReady(): Promise<Reason | undefined> {
    if (!this.lifecycle.ready) return { status: 'not_ready', reason: 'draining' };
    return (await this.isDatabaseUp()) ? undefined : { status: 'not_ready', reason: 'database' };
  }

  /** `named` tells where the replicas run. */
  async report(named: boolean): Promise<HealthView> {
    const up = await this.isDatabaseUp();
    const serving = up ? 'ok' : 'unavailable';
    return {
      status: this.lifecycle.ready ? serving : 'draining',
      version: VERSION,
      timestamp: new Date(this.clock.now()).toISOString(),
      uptime_seconds: Math.floor(process.uptime()),
      checks: { database: up ? 'ok' : 'down', ...this.redisCheck() },
      replicas: this.replicas(named),
    };
  }

  private replicas(named: boolean): HealthView['replicas'] {
    return this.roll.known.map(({ id, name, isThis, revision, behind, silentMs }) => ({
      id,
      ...(named ? { name } : {}),
      is_this: isThis,
      revision,
      revisions_behind: behind,
      silent_ms: silentMs,
    }));
  }

  /** Without it everything is served: it decides no readiness. */
  private redisCheck(): { redis?: 'ok' | 'down' } {
    if (!this.redis.isConfigured) return {};
    return { redis: this.redis.isUp ? 'ok' : 'down' };
  }

  private async isDatabaseUp(): Promise<boolean> {
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async look(): Promise<boolean> {
    const fault = await withTimeout(CHECK_LIMIT_MS, this.database.check()).then(
      () => undefined,
      (error: unknown) => error,
    );
    const isUp = fault === undefined;
    if (!isUp && this.wasUp) this.logger.error({ msg: 'the database does not answer', err: fault });
    if (isUp && !this.wasUp) this.logger.log('the database answers again');
    this.wasUp = isUp;
    return isUp;
  }
}
