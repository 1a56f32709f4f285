import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DataSource } from 'typeorm';
import { EXIT, StartError } from '../common/start.error.js';
import type { DatabaseConfig } from '../config/app.config.js';
import { dataSourceOptions, type Entities } from './data.source.js';
import { prepareSqliteFile, SqliteFileLock } from './sqlite.file.js';
import { ensureSqliteSchema, SCHEMA_VERSION } from './sqlite.schema.js';

export interface Rebuilt {
  /** Versions of the schema. */
  from: number;
  to: number;
  /** Rows copied, by table. */
  rows: Record<string, number>;
  /** Where the old file is now; absent when there was nothing to do. */
  kept?: string;
}

/**
 * Copies an older file's data into a fresh file of the current schema and puts that in its place; the old file stays
 * beside it. Until the last step, a rename, nothing has happened to the old one, whenever this is killed.
 */
export async function rebuildSqlite(config: DatabaseConfig, entities: Entities): Promise<Rebuilt> {
  const { path } = config;
  if (!existsSync(path)) throw refused(path, 'there is no such file');
  const lock = SqliteFileLock.take(path);
  const fresh = `${path}.rebuilding`;
  try {
    const old = openSound(path);
    const from = versionOf(old);
    if (from === SCHEMA_VERSION) return { from, to: from, rows: {} };
    if (from === 0 || from > SCHEMA_VERSION)
      throw refused(path, `its schema is version ${from}, this program's is version ${SCHEMA_VERSION}`);
    rmSync(fresh, { force: true });
    await create(fresh, config, entities);
    const rows = copyTables(old, fresh);
    old.close();
    return { from, to: SCHEMA_VERSION, rows, kept: exchange(path, fresh, from) };
  } finally {
    rmSync(fresh, { force: true });
    lock.release();
  }
}

/** With everything that was still in the write-ahead log in the file itself. */
function openSound(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 1000 });
  const check = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (check.quick_check !== 'ok')
    throw new StartError(EXIT.dataError, [`DATABASE_PATH ${path}: the file is damaged; restore it from a backup`]);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return db;
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

const refused = (path: string, why: string): StartError =>
  new StartError(EXIT.config, [`DATABASE_PATH ${path}: ${why}`]);
