import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

const CODES: Record<number, string> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
};

/** Adds to an error of node:sqlite the `code` that TypeORM and its callers read. */
function withCode<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const number = (error as { errcode?: number }).errcode;
    if (number !== undefined)
      (error as { code: string }).code = CODES[number] ?? CODES[number & 0xff] ?? `SQLITE_${number}`;
    throw error;
  }
}

/**
 * Node's own SQLite with the interface that TypeORM's `better-sqlite3` driver expects, so that no package is compiled at
 * install. The busy timeout is zero: this API is synchronous, and a wait here would block every stream. `SerialRunner`
 * waits instead, without blocking.
 */
export class NodeSqlite {
  private readonly db: DatabaseSync;

  constructor(file: string, options: { readonly?: boolean } = {}) {
    this.db = withCode(() => new DatabaseSync(file, { readOnly: options.readonly ?? false, timeout: 0 }));
  }

  prepare(sql: string) {
    const statement = withCode(() => this.db.prepare(sql));
    return {
      reader: statement.columns().length > 0,
      all: (...values: SQLInputValue[]) => withCode(() => statement.all(...values)),
      run: (...values: SQLInputValue[]) => withCode(() => statement.run(...values)),
    };
  }

  pragma(text: string): unknown[] {
    return this.prepare(`PRAGMA ${text}`).all();
  }

  exec(sql: string): this {
    withCode(() => this.db.exec(sql));
    return this;
  }

  close(): void {
    this.db.close();
  }
}
