import { DataSource, type DataSourceOptions } from 'typeorm';
import { isolateTransactions } from './serial.runner.js';
import { damagedFile, fileRefusal } from './sqlite.file.js';
import { ensureSqliteSchema } from './sqlite.schema.js';

/** The one connection to a SQLite file, which is created when it is new and refused when it does not fit. */
export async function openSqlite(options: DataSourceOptions): Promise<DataSource> {
  const path = String(options.database);
  const dataSource = new DataSource(options);
  try {
    isolateTransactions(await dataSource.initialize(), path);
    await assertSound(dataSource, path);
    await ensureSqliteSchema(dataSource, path);
    // Only now: it is written into the file, and a file that is refused is left as it was.
    await dataSource.query('PRAGMA journal_mode = WAL');
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw fileRefusal(path, error) ?? error;
  }
}

/** Reads the whole file once (about a second a gigabyte): damage found later would be found by a request. */
async function assertSound(dataSource: DataSource, path: string): Promise<void> {
  const rows: { quick_check: string }[] = await dataSource.query('PRAGMA quick_check(1)');
  if (rows[0]?.quick_check !== 'ok') throw damagedFile(path);
}
