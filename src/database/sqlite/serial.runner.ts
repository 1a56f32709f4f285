import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, TypeORMError } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { FifoLock } from './fifo.lock.js';
import { fileIdentity } from './sqlite.file.js';
import { isBusy } from '../dialect/database.error.js';

/** How long a statement waits for its turn and for the file, together: its client is refused within a second. */
const WAIT_LIMIT_MS = 900;
const BUSY_STEP_MS = 10;

/** A transaction has the connection until it ends. */
const keepConnection = (): void => undefined;

/**
 * Keeps transactions apart on the one SQLite connection. TypeORM shares a single runner among all callers there,
 * so a write made while somebody's transaction is open would join it and vanish when that rolls back; here every
 * caller has a runner, and a transaction holds the connection until it ends.
 */
class SerialRunner extends BetterSqlite3QueryRunner {
  private owns = false;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly lock: FifoLock,
    private readonly assertFile: () => void,
    statements: Map<string, unknown>,
  ) {
    super(driver);
    (this as unknown as { stmtCache: Map<string, unknown> }).stmtCache = statements;
  }

  private readonly letGo = (): void => this.lock.release();

  private get depth(): number {
    return (this as unknown as { transactionDepth: number }).transactionDepth;
  }

  private free(): void {
    if (!this.owns) return;
    this.owns = false;
    this.lock.release();
  }

  override async startTransaction(): Promise<void> {
    if (this.owns) await super.startTransaction();
    else await this.alone(() => this.begin(), keepConnection);
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction();
    if (this.depth === 0) this.free();
  }

  override async rollbackTransaction(): Promise<void> {
    try {
      await super.rollbackTransaction();
    } finally {
      if (this.depth === 0) this.free();
    }
  }

  override async release(): Promise<void> {
    if (this.owns) {
      try {
        if (this.isTransactionActive) await super.rollbackTransaction();
      } finally {
        this.free();
      }
    }
    await super.release();
  }

  /**
   * A transaction takes the write lock when it begins: taking it later can fail in a way no waiting mends.
   * (`never` fits every overload of TypeORM's.)
   */
  override async query(sql: string, parameters?: unknown[], structured?: boolean): Promise<never> {
    const text = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE TRANSACTION' : sql;
    const run = async () => (await super.query(text, parameters as never, structured)) as never;
    return this.owns ? run() : this.alone(run);
  }

  private async begin(): Promise<void> {
    this.owns = true;
    try {
      await super.startTransaction();
    } catch (error) {
      this.owns = false;
      this.isTransactionActive = false;
      throw error;
    }
  }

  /**
   * Works alone on the connection. Another process (a backup, the sqlite3 shell) may hold the file for a moment: that
   * is waited for without blocking, and whoever can work meanwhile (readers can) has the connection.
   */
  private async alone<T>(work: () => Promise<T>, then = this.letGo): Promise<T> {
    const giveUpAt = performance.now() + WAIT_LIMIT_MS;
    for (;;) {
      await this.lock.acquire(giveUpAt - performance.now());
      try {
        this.assertFile();
        const result = await work();
        then();
        return result;
      } catch (error) {
        this.lock.release();
        if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      }
      await sleep(BUSY_STEP_MS);
    }
  }
}

/**
 * Throws once the file is no longer the one that was opened: SQLite would go on writing to a file that nobody can find
 * again, and acknowledge it.
 */
function fileGuard(path: string): () => void {
  const opened = fileIdentity(path);
  return () => {
    if (fileIdentity(path) !== opened) throw new TypeORMError('the database file is gone');
  };
}

/** Gives every caller of the data source a runner of its own over the one connection. */
export function isolateTransactions(dataSource: DataSource, path: string): DataSource {
  const driver = dataSource.driver as BetterSqlite3Driver;
  const lock = new FifoLock();
  const assertFile = fileGuard(path);
  const statements = new Map<string, unknown>();
  driver.createQueryRunner = () => new SerialRunner(driver, lock, assertFile, statements);
  return dataSource;
}
