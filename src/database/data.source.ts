import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm';
import type { DatabaseConfig } from '../config/app.config.js';
import { useMysql } from './pools/mysql.pool.js';
import { NodeSqlite } from './sqlite/node.sqlite.js';
import { forMaintenance, forRequests, type PoolUse } from './pools/pool.use.js';
import { usePostgres } from './pools/postgres.pool.js';
import { MIGRATIONS } from './migration.lists.js';
import { SnakeNaming } from './snake.naming.js';
import type { ReadyGate } from './pools/ready.gate.js';

export type Entities = (new () => object)[] | EntitySchema[];

const COMMON = { namingStrategy: new SnakeNaming(), synchronize: false, logging: false } as const;

/** TypeORM's options for the database. The pool has the address of a database server. */
export function dataSourceOptions({ driver, path, synchronous }: DatabaseConfig): DataSourceOptions {
  if (driver !== 'sqlite') return { ...COMMON, type: driver };
  return {
    ...COMMON,
    type: 'better-sqlite3',
    driver: NodeSqlite,
    database: path,
    prepareDatabase: (db: NodeSqlite) => setDurability(db, synchronous),
  };
}

/** On macOS a plain fsync leaves the bytes in the drive's cache; other systems ignore `fullfsync`. */
function setDurability(db: NodeSqlite, synchronous: DatabaseConfig['synchronous']): void {
  db.pragma(`synchronous = ${synchronous}`);
  if (synchronous === 'full') db.pragma('fullfsync = 1');
}

/** The data source of a running server. */
export async function openServer(
  options: DataSourceOptions,
  config: DatabaseConfig,
  gate: ReadyGate,
): Promise<DataSource> {
  return connected(new DataSource({ ...options, ...(await libraryOf(config)) }), config, forRequests(config, gate));
}

/**
 * A data source for work on the schema or on whole tables. Statements have a timeout of `limitMs`, migrations have
 * none. The signal aborts both.
 */
export async function openForMaintenance(
  config: DatabaseConfig,
  entities: Entities,
  limitMs = Infinity,
  signal?: AbortSignal,
): Promise<DataSource> {
  const common = { ...COMMON, ...(await libraryOf(config)), entities, migrationsTableName: 'migrations' };
  const dataSource =
    config.driver === 'postgres'
      ? new DataSource({ ...common, type: 'postgres', migrations: MIGRATIONS.postgres })
      : new DataSource({ ...common, type: 'mysql', migrations: MIGRATIONS.mysql });
  return connected(dataSource, config, forMaintenance(limitMs, signal));
}

/** Without these options TypeORM looks in node_modules for pg and for `pg-native`, which is not used. */
async function libraryOf({ driver }: DatabaseConfig): Promise<{ driver?: unknown; nativeDriver?: boolean }> {
  return driver === 'postgres' ? { driver: (await import('pg')).default, nativeDriver: false } : {};
}

async function connected(dataSource: DataSource, config: DatabaseConfig, use: PoolUse): Promise<DataSource> {
  await (config.driver === 'postgres' ? usePostgres : useMysql)(dataSource, config, use);
  try {
    return await dataSource.initialize();
  } catch (error) {
    await dataSource.driver.disconnect();
    throw error;
  }
}
