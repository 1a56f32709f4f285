import { DataSource, type DataSourceOptions } from 'typeorm';
import { isolateTransactions } from './serial.runner.js';
import { damagedFile, fileRefusal } from './sqlite.file.js';
import { ensureSqliteSchema } from './sqlite.schema.js';

/** The one connection to a SQLite file. Creates the tables of a new file, and refuses a file that does not fit. */
export async function openSqlite(options: DataSourceOptions): Promise<DataSource> {
  const path = String(options.database);
  const dataSource = new DataSource(options);
  try {
    isolateTransactions(await dataSource.initialize(), path);
    await assertSound(dataSource, path);
    await ensureSqliteSchema(dataSource, path);
    // After the checks, because it changes the file: a refused file stays as it is.
    await dataSource.query('PRAGMA journal_mode = WAL');
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw fileRefusal(path, error) ?? error;
  }
}

/** Reads the whole file, about one second a gigabyte, so that damage ends the start and not a request. */
async function assertSound(dataSource: DataSource, path: string): Promise<void> {
  const rows: { quick_check: string }[] = await dataSource.query('PRAGMA quick_check(1)');
  if (rows[0]?.quick_check !== 'ok') throw damagedFile(path);
}
