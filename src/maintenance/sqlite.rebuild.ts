import { copyFileSync, existsSync, linkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../config/app.config.js';
import { dataSourceOptions, type Entities } from '../database/data.source.js';
import {
  damagedFile,
  fileRefusal,
  lockedFile,
  prepareSqliteFile,
  refusedFile,
  SqliteFileLock,
} from '../database/sqlite/sqlite.file.js';
import { ensureSqliteSchema, SCHEMA_VERSION } from '../database/sqlite/sqlite.schema.js';

export interface Rebuilt {
  /** Versions of the schema. */
  from: number;
  to: number;
  /** Rows copied, by table. */
  rows: Record<string, number>;
  /** Where the old file is now; absent when there was nothing to do. */
  kept?: string;
}

const BUSY_WAIT_MS = 1000;
/** What SQLite keeps beside a file, under the file's name. */
const LOGS = ['-journal', '-wal', '-shm'];

/**
 * Copies an older file's data into a fresh file of the current schema and puts that in its place; the old file stays
 * beside it. Until the last step, a rename, nothing has happened to the old one, whenever this is killed.
 */
export async function rebuildSqlite(config: DatabaseConfig, entities: Entities): Promise<Rebuilt> {
  if (!existsSync(config.path)) throw refusedFile(config.path, 'there is no such file');
  // Behind symbolic links: there is its write-ahead log, too.
  const path = realpathSync(config.path);
  const lock = SqliteFileLock.take(path);
  const fresh = `${path}.rebuilding`;
  try {
    remove(fresh);
    const copied = await copy({ ...config, path }, fresh, entities);
    if (copied.from === SCHEMA_VERSION) return copied;
    assertNoLogLeft(path);
    return { ...copied, kept: exchange(path, fresh, copied.from) };
  } finally {
    remove(fresh);
    lock.release();
  }
}

async function copy(config: DatabaseConfig, fresh: string, entities: Entities): Promise<Rebuilt> {
  const { path } = config;
  const old = openAlone(path);
  try {
    const from = versionOf(old);
    if (from === SCHEMA_VERSION) return { from, to: from, rows: {} };
    if (from === 0 || from > SCHEMA_VERSION)
      throw refusedFile(path, `its schema is version ${from}, this program's is version ${SCHEMA_VERSION}`);
    await create(fresh, config, entities);
    return { from, to: SCHEMA_VERSION, rows: copyTables(old, fresh) };
  } finally {
    old.close();
  }
}

/**
 * With everything that was still in the write-ahead log in the file itself. Nobody else has the file until it is closed:
 * the log of another program would stay behind, and be taken for that of the fresh file.
 */
function openAlone(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: BUSY_WAIT_MS });
  try {
    db.exec('PRAGMA main.locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    const check = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    if (check.quick_check !== 'ok') throw damagedFile(path);
    const checkpoint = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    if (checkpoint.busy !== 0) throw lockedFile(path);
    return db;
  } catch (error) {
    db.close();
    throw fileRefusal(path, error) ?? error;
  }
}

/** Another program may have come since we closed the file. */
function assertNoLogLeft(path: string): void {
  const sizeOf = (log: string): number => statSync(path + log, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeOf('-wal') + sizeOf('-journal') > 0) throw lockedFile(path);
  for (const log of LOGS) rmSync(path + log, { force: true });
}

async function create(path: string, config: DatabaseConfig, entities: Entities): Promise<void> {
  prepareSqliteFile(path);
  const options = { ...dataSourceOptions({ ...config, path }), entities };
  const dataSource = await new DataSource(options).initialize();
  try {
    await ensureSqliteSchema(dataSource, path);
  } finally {
    await dataSource.destroy();
  }
}

/** Every column that both have; what is new has its default. One transaction, and no row that refers to nothing. */
function copyTables(old: DatabaseSync, fresh: string): Record<string, number> {
  old.prepare('ATTACH ? AS fresh').run(fresh);
  old.exec('PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
  const copied: Record<string, number> = {};
  for (const table of tablesOf(old, 'fresh').filter((name) => tablesOf(old, 'main').includes(name))) {
    const present = new Set(columnsOf(old, 'main', table));
    const columns = columnsOf(old, 'fresh', table)
      .filter((name) => present.has(name))
      .map((name) => `"${name}"`)
      .join(', ');
    const { changes } = old
      .prepare(`INSERT INTO fresh."${table}" (${columns}) SELECT ${columns} FROM main."${table}"`)
      .run();
    copied[table] = Number(changes);
  }
  if (old.prepare('PRAGMA fresh.foreign_key_check').all().length > 0)
    throw new Error('a row refers to another that is not there');
  old.exec('COMMIT; DETACH fresh');
  return copied;
}

/** The old file gets a second name first: at no time is there none under its own. */
function exchange(path: string, fresh: string, version: number): string {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const kept = `${path}.v${version}-${stamp}`;
  try {
    linkSync(path, kept);
  } catch {
    // A file system without hard links.
    copyFileSync(path, kept);
  }
  renameSync(fresh, path);
  return kept;
}

const versionOf = (db: DatabaseSync): number =>
  (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

const tablesOf = (db: DatabaseSync, schema: string): string[] =>
  db
    .prepare(`SELECT name FROM ${schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .all()
    .map((row) => String(row['name']));

const columnsOf = (db: DatabaseSync, schema: string, table: string): string[] =>
  db
    .prepare(`PRAGMA ${schema}.table_info("${table}")`)
    .all()
    .map((row) => String(row['name']));

/** Removes what another run left, too. */
function remove(path: string): void {
  for (const name of ['', ...LOGS]) rmSync(path + name, { force: true });
}
