import { DataSource, type DataSourceOptions } from 'typeorm';
import type { StartupError } from '../../common/errors/startup.error.js';
import { isolateTransactions } from './serial.runner.js';
import { damagedFile, refusedFile } from './sqlite.file.js';
import { ensureSqliteSchema } from './sqlite.schema.js';
import { codeOf, isBusy } from '../database.error.js';

/** The one connection to a SQLite file, which is created when it is new and refused when it does not fit. */
export async function openSqlite(options: DataSourceOptions): Promise<DataSource> {
  const path = String(options.database);
  const dataSource = new DataSource(options);
  try {
    isolateTransactions(await dataSource.initialize(), path);
    await assertSound(dataSource);
    await ensureSqliteSchema(dataSource, path);
    // Only now: it is written into the file, and a file that is refused is left as it was.
    await dataSource.query('PRAGMA journal_mode = WAL');
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw refusal(path, error) ?? error;
  }
}

/** Reads the whole file once (about a second a gigabyte): damage found later would be found by a request. */
async function assertSound(dataSource: DataSource): Promise<void> {
  const rows: { quick_check: string }[] = await dataSource.query('PRAGMA quick_check(1)');
  if (rows[0]?.quick_check !== 'ok') throw Object.assign(new Error('the file is damaged'), { code: 'SQLITE_CORRUPT' });
}

/** Why a file ends the start; a damaged one is never repaired behind the operator's back. */
function refusal(path: string, error: unknown): StartupError | undefined {
  if (isBusy(error)) return refusedFile(path, 'another program holds a lock on it');
  return ['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes(codeOf(error) ?? '') ? damagedFile(path) : undefined;
}
