import { closeSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { parse } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../../config/app.config.js';
import { dataSourceOptions } from '../../database/data.source.js';
import { fileRefusal, refusedFile } from '../../database/sqlite/sqlite.file.js';
import { assertCurrent } from '../../database/sqlite/sqlite.schema.js';
import { EventSegmentEntity } from './entities/event.segment.entity.js';
import { EVENT_ENTITIES } from './entities/event.entities.js';
import type { EventDatabaseSettings } from './event.database.js';
import { CREATE_PROJECTS } from './usage.columns.js';

/** Incremented whenever an entity of events changes in a way that older files do not fit. */
export const EVENT_SCHEMA_VERSION = 2;

/** `proxy.events.db` beside `proxy.db`. */
export function eventFileOf(path: string): string {
  const { dir, name, ext } = parse(path);
  return `${dir === '' ? '' : `${dir}/`}${name}.events${ext || '.db'}`;
}

/**
 * The settings of the database of events. On SQLite the file is made when there is none. Throws StartupError for a file of
 * another version or program, which is not changed.
 */
export async function prepareEventDatabase(config: DatabaseConfig): Promise<EventDatabaseSettings> {
  const { driver, synchronous, url } = config;
  const file = driver === 'sqlite' ? eventFileOf(config.path) : '';
  if (driver === 'sqlite') await ensureEventFile(config, file);
  return { driver, file, synchronous, url };
}

async function ensureEventFile(config: DatabaseConfig, file: string): Promise<void> {
  if (!statSync(file, { throwIfNoEntry: false })?.size) await createEventFile(config, file);
  assertVersion(file);
}

/** Throws StartupError for a file of events that this program does not use. A file that is not there is created at a start. */
export function assertEventFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size) assertVersion(file);
}

/** Under another name first, so that no process sees a file without tables. The process that is last uses the other's file. */
async function createEventFile(config: DatabaseConfig, file: string): Promise<void> {
  const fresh = `${file}.${process.pid}.new`;
  try {
    rmSync(fresh, { force: true });
    await createEventTables(config, fresh);
    place(fresh, file);
  } catch (error) {
    throw fileRefusal(file, error) ?? error;
  } finally {
    for (const log of ['', '-wal', '-shm']) rmSync(fresh + log, { force: true });
  }
}

/** Creates `path` with empty tables, for its owner alone. Throws when it exists. */
export async function createEventTables(
  config: DatabaseConfig,
  path: string,
  version = EVENT_SCHEMA_VERSION,
): Promise<void> {
  closeSync(openSync(path, 'wx', 0o600));
  const options = { ...dataSourceOptions({ ...config, path }), entities: EVENT_ENTITIES };
  const dataSource = await new DataSource(options).initialize();
  try {
    // SQLite counts up in columns of exactly this type alone.
    dataSource.getMetadata(EventSegmentEntity).findColumnWithPropertyName('id')!.type = 'integer';
    await dataSource.query('PRAGMA auto_vacuum = INCREMENTAL');
    await dataSource.driver.createSchemaBuilder().build();
    await dataSource.query(CREATE_PROJECTS);
    await dataSource.query(`PRAGMA user_version = ${version}`);
    // It stays in the file. Two processes that open it at once do not have to change it.
    await dataSource.query('PRAGMA journal_mode = WAL');
  } finally {
    await dataSource.destroy();
  }
}

function place(fresh: string, file: string): void {
  try {
    linkSync(fresh, file);
  } catch (error) {
    const isEmpty = statSync(file, { throwIfNoEntry: false })?.size === 0;
    // The file system has no hard links, or a file without content is in the way.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || isEmpty) renameSync(fresh, file);
  }
}

function assertVersion(file: string): void {
  const version = readVersion(file);
  if (version === 0) throw refusedFile(file, 'the file belongs to another program: set another DATABASE_PATH');
  assertCurrent(version, file, EVENT_SCHEMA_VERSION);
}

function readVersion(file: string): number {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 1000 });
    return Number(db.prepare('PRAGMA user_version').get()!['user_version']);
  } catch (error) {
    throw fileRefusal(file, error) ?? error;
  } finally {
    db?.close();
  }
}
