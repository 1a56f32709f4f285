import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { withSqliteCode } from './sqlite.code.js';

/**
 * Node's own SQLite with the interface that TypeORM's `better-sqlite3` driver expects, so that no package is compiled at
 * install. The busy timeout is zero: this API is synchronous, and a wait here would block every stream. `SerialRunner`
 * waits instead, without blocking.
 */
export class NodeSqlite {
  private readonly db: DatabaseSync;

  constructor(file: string, options: { readonly?: boolean } = {}) {
    this.db = withSqliteCode(() => new DatabaseSync(file, { readOnly: options.readonly ?? false, timeout: 0 }));
  }

  prepare(sql: string) {
    const statement = withSqliteCode(() => this.db.prepare(sql));
    return {
      reader: statement.columns().length > 0,
      all: (...values: SQLInputValue[]) => withSqliteCode(() => allOf(statement, values)),
      run: (...values: SQLInputValue[]) => withSqliteCode(() => statement.run(...values)),
    };
  }

  pragma(text: string): unknown[] {
    return this.prepare(`PRAGMA ${text}`).all();
  }

  exec(sql: string): this {
    withSqliteCode(() => this.db.exec(sql));
    return this;
  }

  close(): void {
    this.db.close();
  }
}

/** An integer that is no safe one is text, as the drivers of the other databases have it: Node refuses the whole answer. */
function allOf(statement: StatementSync, values: SQLInputValue[]): Record<string, unknown>[] {
  try {
    return statement.all(...values);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_OUT_OF_RANGE') throw error;
  }
  statement.setReadBigInts(true);
  try {
    return statement.all(...values).map((row) => mapValues(row, fromBigInt));
  } finally {
    // The statement is kept, and its next answer may have safe integers only.
    statement.setReadBigInts(false);
  }
}

const mapValues = (row: Record<string, unknown>, map: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, map(value)]));

function fromBigInt(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
