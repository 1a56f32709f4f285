import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTimeout } from '../../common/values/with.timeout.js';
import { AppConfig } from '../../config/app.config.js';
import { KeyRing } from '../../crypto/key.ring.js';
import { type Dialect, dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import { DurabilityWatch } from '../../database/durability.watch.js';
import { RedisConnection } from '../../redis/redis.connection.js';
import type { SystemDatabase, SystemEncryption, SystemRedis } from './system.dto.js';

/** A database that takes longer does not respond, for this page. */
const LIMIT_MS = 1000;

const VERSION_OF: Record<Dialect, string> = {
  sqlite: 'SELECT sqlite_version() AS version',
  postgres: `SELECT current_setting('server_version') AS version`,
  mysql: 'SELECT version() AS version',
};
const NEWEST_MIGRATION = 'SELECT name FROM migrations ORDER BY id DESC LIMIT 1';
const OTHER_FORMS = `SELECT COUNT(*) AS rows_left FROM projects WHERE api_key <> '' AND api_key NOT LIKE ?`;

const sinceThen = (at: number): number => Math.round((performance.now() - at) * 100) / 100;

/** The database and Redis, asked now. */
@Injectable()
export class StoreReport {
  private readonly dialect: Dialect;

  constructor(
    private readonly dataSource: DataSource,
    private readonly durability: DurabilityWatch,
    private readonly redis: RedisConnection,
    private readonly keys: KeyRing,
    private readonly config: AppConfig,
  ) {
    this.dialect = dialectOf(dataSource);
  }

  /** Its version, latency and newest migration; `up` is false after a second without a response. */
  async database(): Promise<SystemDatabase> {
    const { driver, poolSize } = this.config.database;
    const { current: durability } = this.durability;
    const found = await withTimeout(LIMIT_MS, this.asked()).catch(() => undefined);
    return {
      driver,
      up: found !== undefined,
      ...found,
      ...(this.dialect !== 'sqlite' && { pool_size: poolSize }),
      ...(durability !== undefined && { durability }),
    };
  }

  /** Undefined without REDIS_URL. */
  async redisState(): Promise<SystemRedis | undefined> {
    if (!this.redis.isConfigured) return undefined;
    const at = performance.now();
    const isUp = await this.redis
      .run(async (client) => client.ping())
      .then(
        () => true,
        () => false,
      );
    return { up: isUp, ...(isUp && { latency_ms: sinceThen(at) }) };
  }

  /** The current key, and how many upstream keys are stored in another form; 0 when the database does not respond. */
  async encryption(): Promise<SystemEncryption> {
    const { keyId } = this.keys;
    const current = keyId === undefined ? 'enc:%' : `enc:v2:${keyId}:%`;
    const sql = withPlaceholders(
      keyId === undefined ? OTHER_FORMS.replace('NOT LIKE', 'LIKE') : OTHER_FORMS,
      this.dialect,
    );
    const counted = withTimeout(LIMIT_MS, this.dataSource.query<{ rows_left: number | string }[]>(sql, [current]));
    const [row] = await counted.catch(() => []);
    return { key_id: keyId ?? null, previous_rows: Number(row?.rows_left ?? 0) };
  }

  private async asked(): Promise<Pick<SystemDatabase, 'version' | 'latency_ms' | 'migration'>> {
    const at = performance.now();
    const [row]: { version: string }[] = await this.dataSource.query(VERSION_OF[this.dialect]);
    const latency = sinceThen(at);
    const migration = await this.migration();
    return { version: row!.version, latency_ms: latency, ...(migration !== undefined && { migration }) };
  }

  private async migration(): Promise<string | undefined> {
    if (this.dialect === 'sqlite') return undefined;
    const [row]: { name: string }[] = await this.dataSource.query(NEWEST_MIGRATION);
    return row?.name;
  }
}
