import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
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
      all: (...values: SQLInputValue[]) => withSqliteCode(() => statement.all(...values)),
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
