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
import { assertCurrent, ensureSqliteSchema, SCHEMA_VERSION } from '../database/sqlite/sqlite.schema.js';
import { PROJECTS, QUARTERS, SUM_COLUMNS } from '../events/store/usage.columns.js';

export interface Rebuilt {
  /** Schema versions. */
  from: number;
  to: number;
  /** Copied rows, by table. */
  rows: Record<string, number>;
  /** The path of the old file; absent when the schema was current already. */
  kept?: string;
}

const BUSY_WAIT_MS = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Suffixes of the files that SQLite writes beside a database. */
const LOGS = ['-journal', '-wal', '-shm'];

/** Rebuilds the main file. Throws StartupError while a server uses it. */
export async function rebuildSqlite(config: DatabaseConfig, entities: Entities): Promise<Rebuilt> {
  return whileNoServer(config.path, async () =>
    rebuildFile(config.path, { version: SCHEMA_VERSION, create: async (fresh) => create(fresh, config, entities) }),
  );
}

/** Runs `work` under the lock of the main file, which a server has too. */
export async function whileNoServer<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (!existsSync(path)) throw refusedFile(path, 'there is no such file');
  const lock = SqliteFileLock.take(path);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** The current schema of a file. */
export interface FileSchema {
  readonly version: number;
  /** Makes a file with empty tables. */
  create(path: string): Promise<void>;
}

/**
 * Copies the data of an older file into a new file with the current schema, and puts the new file in its place. The old
 * file stays beside it. The old file does not change before the last step, a rename, so the work can be killed at any time.
 */
export async function rebuildFile(named: string, schema: FileSchema): Promise<Rebuilt> {
  // The write-ahead log lies beside the real file, not beside a symbolic link.
  const path = realpathSync(named);
  const fresh = `${path}.rebuilding`;
  try {
    remove(fresh);
    const copied = await copy(path, fresh, schema);
    if (copied.from === schema.version) return copied;
    assertNoLog(path);
    return { ...copied, kept: replaceFile(path, fresh, copied.from) };
  } finally {
    remove(fresh);
  }
}

async function copy(path: string, fresh: string, { version, create: createFile }: FileSchema): Promise<Rebuilt> {
  const old = openExclusively(path);
  try {
    const from = versionOf(old);
    if (from === version) return { from, to: from, rows: {} };
    if (from === 0) throw refusedFile(path, 'the file has no schema version: it is not a database of this program');
    if (from > version) assertCurrent(from, path, version);
    await createFile(fresh);
    return { from, to: version, rows: copyTables(old, fresh) };
  } finally {
    old.close();
  }
}

/**
 * Opens the file with an exclusive lock and moves its write-ahead log into it. Without the lock another program could leave a
 * log behind, which SQLite would apply to the new file.
 */
function openExclusively(path: string): DatabaseSync {
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

/** Another program may have opened the file since it was closed here. */
function assertNoLog(path: string): void {
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

/** Copies every column that both files have, in one transaction. A new column gets its default. Throws for a dangling reference. */
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
    throw new Error('a row refers to a row that does not exist');
  copyCounters(old);
  fillTokens(old);
  fillProjectSums(old);
  old.exec('COMMIT; PRAGMA fresh.wal_checkpoint(TRUNCATE); DETACH fresh');
  return copied;
}

/** What the new columns of tokens need beside their defaults. Tokens that ended more than a day ago have no warnings. */
function fillTokens(old: DatabaseSync): void {
  const isNew = (column: string): boolean => !columnsOf(old, 'main', 'tokens').includes(column);
  if (!tablesOf(old, 'fresh').includes('tokens')) return;
  if (isNew('name_lower')) old.exec('UPDATE fresh.tokens SET name_lower = lower(name) WHERE name IS NOT NULL');
  if (isNew('warn_at'))
    old
      .prepare(
        'UPDATE fresh.tokens SET warn_at = :never, warn_count = :never WHERE is_active = 0 OR expires_at < :before',
      )
      .run({ never: Number.MAX_SAFE_INTEGER, before: Date.now() - DAY_MS });
}

/** Sums by project are those of the rows that were copied. */
function fillProjectSums(old: DatabaseSync): void {
  const { name, keys } = PROJECTS;
  if (!tablesOf(old, 'fresh').includes(name) || tablesOf(old, 'main').includes(name)) return;
  const sums = SUM_COLUMNS.map((column) => `sum(${column})`);
  old.exec(`INSERT INTO fresh.${name} (${[...keys, ...SUM_COLUMNS].join(', ')})
    SELECT ${[...keys, ...sums].join(', ')} FROM fresh.${QUARTERS.name} GROUP BY ${keys.join(', ')}`);
}

/** An identity that was given once is not given again, also when its row is deleted. */
function copyCounters(old: DatabaseSync): void {
  const hasCounters = (schema: string): boolean =>
    old.prepare(`SELECT 1 FROM ${schema}.sqlite_master WHERE name = 'sqlite_sequence'`).get() !== undefined;
  if (!hasCounters('main') || !hasCounters('fresh')) return;
  const kept = 'name IN (SELECT name FROM fresh.sqlite_master)';
  old.exec(`DELETE FROM fresh.sqlite_sequence;
    INSERT INTO fresh.sqlite_sequence (name, seq) SELECT name, seq FROM main.sqlite_sequence WHERE ${kept}`);
}

/** The old file gets a second name first, so that there is a file under its own name at all times. */
function replaceFile(path: string, fresh: string, version: number): string {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const kept = `${path}.v${version}-${stamp}`;
  try {
    linkSync(path, kept);
  } catch {
    // The file system has no hard links.
    copyFileSync(path, kept);
  }
  renameSync(fresh, path);
  return kept;
}

/** The version of the schema in a file; 0 in a new one. */
export const versionOf = (db: DatabaseSync): number =>
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

/** Also removes the files of an interrupted run. */
function remove(path: string): void {
  for (const name of ['', ...LOGS]) rmSync(path + name, { force: true });
}
