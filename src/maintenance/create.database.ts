import { existsSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../config/app.config.js';
import { dataSourceOptions, type Entities } from '../database/data.source.js';
import { Migrator } from '../database/migrator.js';
import { openServerForMaintenance, openDatabase } from './open.database.js';
import { prepareSqliteFile } from '../database/sqlite/sqlite.file.js';
import { openSqlite } from '../database/sqlite/sqlite.source.js';

/** Like `openDatabase`, for an import: creates a missing database file, and makes the schema of a database server current. */
export async function openOrCreate(config: DatabaseConfig, entities: Entities): Promise<DataSource> {
  if (config.driver !== 'sqlite') {
    const dataSource = await openServerForMaintenance(config, entities);
    try {
      await new Migrator(dataSource).up();
      return dataSource;
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
  }
  if (existsSync(config.path)) return openDatabase(config, entities);
  prepareSqliteFile(config.path);
  return openSqlite({ ...dataSourceOptions(config), entities });
}

/** Like `openDatabase`, for a dry run: an empty database in memory stands in for a missing one, which is not created. */
export async function openOrInMemory(config: DatabaseConfig, entities: Entities): Promise<DataSource> {
  if (await exists(config, entities)) return openDatabase(config, entities);
  return openSqlite({ ...dataSourceOptions({ ...config, driver: 'sqlite', path: ':memory:' }), entities });
}

async function exists(config: DatabaseConfig, entities: Entities): Promise<boolean> {
  if (config.driver === 'sqlite') return existsSync(config.path);
  const dataSource = await openServerForMaintenance(config, entities);
  try {
    return (await new Migrator(dataSource).status()).applied.length > 0;
  } finally {
    await dataSource.destroy();
  }
}
