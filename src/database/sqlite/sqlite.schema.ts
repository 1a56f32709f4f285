import type { DataSource } from 'typeorm';
import { refusedFile } from './sqlite.file.js';

/** Raised by one whenever an entity changes in a way an older file does not fit. */
export const SCHEMA_VERSION = 3;

/**
 * SQLite has no migrations: its schema is the current entities'. A new file is created and stamped
 * (`PRAGMA user_version`), one of another version is refused untouched.
 */
export async function ensureSqliteSchema(dataSource: DataSource, path: string): Promise<void> {
  const version = await storedVersion(dataSource);
  if (version !== 0) return assertCurrent(version, path);
  const foreign = await foreignTable(dataSource);
  if (foreign) throw refusedFile(path, `it belongs to another program (it has a table ${foreign})`);
  await dataSource.driver.createSchemaBuilder().build();
  await dataSource.query(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** Throws for any version but ours; the operator is told which, and what to do. */
export function assertCurrent(version: number, path: string): void {
  const both = `its schema is version ${version}, this program's is version ${SCHEMA_VERSION}`;
  if (version > SCHEMA_VERSION) throw refusedFile(path, `${both}: a newer program wrote it, use that one`);
  if (version < SCHEMA_VERSION)
    throw refusedFile(path, `${both}: run \`llm-proxy migrate rebuild\`, which copies the data and keeps the old file`);
}

export async function storedVersion(dataSource: DataSource): Promise<number> {
  const rows: { user_version: number }[] = await dataSource.query('PRAGMA user_version');
  return rows[0]?.user_version ?? 0;
}

/** A table that no entity of ours declares. Our own without a stamp are a creation that was killed: it is finished. */
async function foreignTable(dataSource: DataSource): Promise<string | undefined> {
  const ours = new Set(dataSource.entityMetadatas.map((entity) => entity.tableName));
  const rows: { name: string }[] = await dataSource.query(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
  );
  return rows.map((row) => row.name).find((name) => !ours.has(name) && name !== 'typeorm_metadata');
}
