import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { DatabaseConfig } from '../config/app.config.js';
import { dataSourceOptions, type Entities, openForMaintenance } from '../database/data.source.js';
import { Migrator } from '../database/migrator.js';
import { isolateTransactions } from '../database/sqlite/serial.runner.js';
import { refusedFile } from '../database/sqlite/sqlite.file.js';
import { assertCurrent, fileVersion } from '../database/sqlite/sqlite.schema.js';
import { DatabaseUnreachable, databaseRefusal } from '../database/dialect/database.error.js';
import { ownCommand } from '../common/values/own.command.js';

/**
 * Opens the database for a command, which may run beside servers: locks, creates and migrates nothing. Throws StartupError
 * when the database is missing or its schema is not current. The caller destroys the data source.
 */
export async function openDatabase(config: DatabaseConfig, entities: Entities): Promise<DataSource> {
  if (config.driver !== 'sqlite') return openCurrent(config, entities);
  if (!existsSync(config.path)) throw refusedFile(config.path, 'there is no such file');
  const dataSource = await new DataSource({ ...dataSourceOptions(config), entities }).initialize();
  isolateTransactions(dataSource, config.path);
  return checked(dataSource, async () => assertCurrent(await fileVersion(dataSource), config.path));
}

async function openCurrent(config: DatabaseConfig, entities: Entities): Promise<DataSource> {
  const dataSource = await openServerForMaintenance(config, entities);
  return checked(dataSource, async () => {
    const { pending } = await new Migrator(dataSource).status();
    if (pending.length > 0)
      throw new StartupError(EXIT.config, [
        `DATABASE_URL the schema is not current: run \`${ownCommand('migrate up')}\``,
      ]);
  });
}

/** Throws StartupError when the database server refuses the connection, DatabaseUnreachable when it does not respond. */
export async function openServerForMaintenance(config: DatabaseConfig, entities: Entities): Promise<DataSource> {
  return openForMaintenance(config, entities).catch((error: unknown) => {
    throw databaseRefusal(error) ?? new DatabaseUnreachable(error);
  });
}

async function checked(dataSource: DataSource, check: () => Promise<void>): Promise<DataSource> {
  try {
    await check();
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
