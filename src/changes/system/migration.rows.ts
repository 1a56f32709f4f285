import type { EntityManager } from 'typeorm';
import { dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import { parsed } from './earlier.starts.js';

const APPLIED = 'SELECT name FROM migrations ORDER BY id';
const LAST_START = `SELECT seq, metadata FROM audit_events WHERE action = 'server.start' ORDER BY seq DESC LIMIT 1`;
const ROWS = `SELECT action, metadata FROM audit_events WHERE action IN ('migration.up', 'migration.down') AND seq > ? ORDER BY seq`;

interface Row {
  readonly action: string;
  readonly metadata: string | null;
}

/** The migrations of a database, and those that no row of the audit log names. */
export interface SchemaSteps {
  /** The newest one; undefined on SQLite, whose file has a version instead. */
  readonly newest: string | undefined;
  readonly unnamed: readonly string[];
}

/** Under the lock of the counter. A start has named all migrations up to the one in its row: rows before it may be pruned. */
export async function schemaSteps(manager: EntityManager): Promise<SchemaSteps> {
  const dialect = dialectOf(manager.dataSource);
  if (dialect === 'sqlite') return { newest: undefined, unnamed: [] };
  const migrations: { name: string }[] = await manager.query(APPLIED);
  const applied = migrations.map(({ name }) => name);
  const [start]: { seq: number | string; metadata: string | null }[] = await manager.query(LAST_START);
  const { schema } = parsed(start?.metadata ?? '{}');
  const known = applied.findIndex((name) => name === schema) + 1;
  const named = new Set<unknown>(applied.slice(0, known));
  const rows: Row[] = await manager.query(withPlaceholders(ROWS, dialect), [known > 0 ? start!.seq : 0]);
  for (const { action, metadata } of rows) follow(named, action, parsed(metadata ?? '{}')['migrations']);
  return { newest: applied.at(-1), unnamed: applied.filter((name) => !named.has(name)) };
}

function follow(named: Set<unknown>, action: string, migrations: unknown): void {
  for (const name of Array.isArray(migrations) ? (migrations as unknown[]) : [])
    if (action === 'migration.up') named.add(name);
    else named.delete(name);
}
