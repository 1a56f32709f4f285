import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { isBusy } from '../../../database/dialect/driver.code.js';
import { withSqliteCode } from '../../../database/sqlite/sqlite.code.js';
import { EventDatabase, type EventDatabaseSettings } from '../event.database.js';

/** How long a statement waits for another process that uses the file: it blocks its thread for a moment, then tries again. */
const BLOCK_MS = 20;
const BUSY_TIMEOUT_MS = 10_000;
const PAUSE_MS = 5;
/** Statements that are kept prepared. */
const MAX_PREPARED = 100;

const SETTINGS = `PRAGMA journal_mode = WAL; PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 67108864;`;

type Values = SQLInputValue[];

/** The events' own SQLite file. One connection: transactions take turns, and single statements wait for them. */
export class SqliteEvents extends EventDatabase {
  readonly dialect = 'sqlite';
  private readonly db: DatabaseSync;
  private readonly prepared = new Map<string, StatementSync>();
  /** The end of the last transaction. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly inside: Inside;

  constructor({ file, synchronous }: Pick<EventDatabaseSettings, 'file' | 'synchronous'>) {
    super();
    this.db = withSqliteCode(() => new DatabaseSync(file, { timeout: BLOCK_MS }));
    withSqliteCode(() => this.db.exec(`${SETTINGS} PRAGMA synchronous = ${synchronous}`));
    if (synchronous === 'full') this.db.exec('PRAGMA fullfsync = 1');
    this.inside = new Inside((sql) => this.statement(sql));
  }

  async query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> {
    return this.inTurn(async () => patiently(async () => this.inside.query<T>(sql, parameters)));
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.inTurn(async () => patiently(async () => this.inside.execute(sql, parameters)));
  }

  async insert(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.inTurn(async () => patiently(async () => this.inside.insert(sql, parameters)));
  }

  /** It takes the write lock at its beginning: taking it later can fail for good, even after a wait. No other statement waits. */
  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      await patiently(async () => this.run('BEGIN IMMEDIATE'));
      try {
        const result = await work(this.inside);
        this.run('COMMIT');
        return result;
      } catch (error) {
        if (this.db.isTransaction) this.run('ROLLBACK');
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.turn.catch(() => undefined);
    if (this.db.isOpen) this.db.close();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private run(sql: string): void {
    withSqliteCode(() => this.db.exec(sql));
  }

  private statement(sql: string): StatementSync {
    const known = this.prepared.get(sql);
    if (known) return known;
    const statement = withSqliteCode(() => this.db.prepare(sql));
    if (this.prepared.size >= MAX_PREPARED) this.prepared.delete(this.prepared.keys().next().value!);
    this.prepared.set(sql, statement);
    return statement;
  }
}

async function patiently<T>(run: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The connection in the hands of one caller. */
class Inside extends EventDatabase {
  readonly dialect = 'sqlite';

  constructor(private readonly statement: (sql: string) => StatementSync) {
    super();
  }

  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return withSqliteCode(() => this.statement(sql).all(...(parameters as Values)) as T[]);
  }

  async execute(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return withSqliteCode(() => Number(this.statement(sql).run(...(parameters as Values)).changes));
  }

  async insert(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return withSqliteCode(() => Number(this.statement(sql).run(...(parameters as Values)).lastInsertRowid));
  }

  /** It is part of the transaction already. */
  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    return work(this);
  }

  async close(): Promise<void> {}
}
