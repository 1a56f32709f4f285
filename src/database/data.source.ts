import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm';
import type { DatabaseConfig } from '../config/app.config.js';
import { mysqlOptions, useMysql } from './mysql.pool.js';
import { NodeSqlite } from './node.sqlite.js';
import { usePostgres } from './postgres.pool.js';
import { MIGRATIONS } from './migration.lists.js';
import { SnakeNaming } from './snake.naming.js';
import type { StoreGate } from './store.gate.js';

export type Entities = (new () => object)[] | EntitySchema[];

const CONNECT_LIMIT_MS = 1000;
/** One holds the lock and migrates, the other is for the checks that follow. */
const PATIENT_CONNECTIONS = 2;

const COMMON = { namingStrategy: new SnakeNaming(), synchronize: false, logging: false } as const;

/** How TypeORM is told of the database; a server's address is the pool's matter. */
export function dataSourceOptions({ driver, path, synchronous }: DatabaseConfig): DataSourceOptions {
  if (driver !== 'sqlite') return { ...COMMON, type: driver };
  return {
    ...COMMON,
    type: 'better-sqlite3',
    driver: NodeSqlite,
    database: path,
    prepareDatabase: (db: NodeSqlite) => void db.pragma(`synchronous = ${synchronous}`),
  };
}

/** The data source of a server that is running: quick to give up, and shut until `gate` opens. */
export async function openServer(
  options: DataSourceOptions,
  config: DatabaseConfig,
  gate: StoreGate,
): Promise<DataSource> {
  const dataSource = new DataSource(options);
  await (config.driver === 'postgres' ? usePostgres : useMysql)(dataSource, config, gate);
  return dataSource.initialize();
}

/** A data source for work on the schema or on whole tables: its statements may take as long as they need. */
export async function openPatiently(config: DatabaseConfig, entities: Entities): Promise<DataSource> {
  const common = { ...COMMON, entities, migrationsTableName: 'migrations', poolSize: PATIENT_CONNECTIONS };
  const dataSource =
    config.driver === 'postgres'
      ? new DataSource({
          ...common,
          type: 'postgres',
          url: config.url,
          migrations: MIGRATIONS.postgres,
          connectTimeoutMS: CONNECT_LIMIT_MS,
          applicationName: 'llm-proxy migrate',
          poolErrorHandler: () => undefined,
        })
      : new DataSource({
          ...common,
          type: 'mysql',
          migrations: MIGRATIONS.mysql,
          extra: mysqlOptions(config),
          connectTimeout: CONNECT_LIMIT_MS,
        });
  return dataSource.initialize();
}
