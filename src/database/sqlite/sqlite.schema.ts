import type { DataSource } from 'typeorm';
import { refusedFile } from './sqlite.file.js';
import { ownCommand } from '../../common/values/own.command.js';

/** Incremented whenever an entity changes in a way that older files do not fit. */
export const SCHEMA_VERSION = 6;

/**
 * SQLite has no migrations: its schema is that of the current entities. A new file gets the tables and the version
 * (`PRAGMA user_version`). A file of another version is refused and not changed.
 */
export async function ensureSqliteSchema(dataSource: DataSource, path: string): Promise<void> {
  const version = await fileVersion(dataSource);
  if (version !== 0) return assertCurrent(version, path);
  const foreign = await foreignTable(dataSource);
  if (foreign)
    throw refusedFile(
      path,
      `the file belongs to another program (it has a table ${foreign}): set another DATABASE_PATH`,
    );
  await dataSource.driver.createSchemaBuilder().build();
  await dataSource.query(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** Throws for any other version, with what the operator has to do. */
export function assertCurrent(version: number, path: string, current = SCHEMA_VERSION): void {
  const both = `the file has schema version ${version}, this program has version ${current}`;
  if (version > current) throw refusedFile(path, `${both}: start the newer program that wrote the file`);
  if (version < current)
    throw refusedFile(
      path,
      `${both}: run \`${ownCommand('migrate rebuild')}\`, which copies the data and keeps the old file`,
    );
}

export async function fileVersion(dataSource: DataSource): Promise<number> {
  const rows: { user_version: number }[] = await dataSource.query('PRAGMA user_version');
  return rows[0]?.user_version ?? 0;
}

/** A table without an entity. Known tables without a version remain after an interrupted creation, which is then completed. */
async function foreignTable(dataSource: DataSource): Promise<string | undefined> {
  const known = new Set(dataSource.entityMetadatas.map((entity) => entity.tableName));
  const rows: { name: string }[] = await dataSource.query(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
  );
  return rows.map((row) => row.name).find((name) => !known.has(name) && name !== 'typeorm_metadata');
}
