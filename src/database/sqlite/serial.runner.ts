import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, TypeORMError } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { FifoLock } from './fifo.lock.js';
import { fileIdentity } from './sqlite.file.js';
import { isBusy } from '../dialect/driver.code.js';
import { statementCounts } from '../dialect/statement.counts.js';

/** The total wait of a statement for the connection and for the file, so that its client is refused within a second. */
const WAIT_TIMEOUT_MS = 900;
const BUSY_RETRY_MS = 10;

/** A transaction keeps the connection until it ends. */
const keepConnection = (): void => undefined;

/**
 * True after a full disk or an error of the disk: SQLite has rolled back by itself (https://sqlite.org/lang_transaction.html).
 * The error of the statement before is the cause.
 */
const isAlreadyRolledBack = ({ message }: Error): boolean => /no transaction is active|no such savepoint/.test(message);

/**
 * Isolates transactions on the one SQLite connection. TypeORM shares a single runner among all callers of SQLite, so a
 * write during the transaction of another caller would join that transaction and vanish with its rollback. Here every
 * caller has a runner of its own, and a transaction keeps the connection until it ends.
 */
class SerialRunner extends BetterSqlite3QueryRunner {
  private ownsLock = false;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly lock: FifoLock,
    private readonly assertFile: () => void,
    statements: Map<string, unknown>,
  ) {
    super(driver);
    (this as unknown as { stmtCache: Map<string, unknown> }).stmtCache = statements;
  }

  private readonly releaseLock = (): void => this.lock.release();

  private get depth(): number {
    return (this as unknown as { transactionDepth: number }).transactionDepth;
  }

  private set depth(depth: number) {
    (this as unknown as { transactionDepth: number }).transactionDepth = depth;
    this.isTransactionActive = depth > 0;
  }

  private releaseOwnLock(): void {
    if (!this.ownsLock) return;
    this.ownsLock = false;
    this.lock.release();
  }

  override async startTransaction(): Promise<void> {
    if (this.ownsLock) await super.startTransaction();
    else await this.exclusively(() => this.begin(), keepConnection);
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction();
    if (this.depth === 0) this.releaseOwnLock();
  }

  override async rollbackTransaction(): Promise<void> {
    try {
      await super.rollbackTransaction();
    } catch (error) {
      if (!isAlreadyRolledBack(error as Error)) throw error;
      this.depth -= 1;
    } finally {
      if (this.depth === 0) this.releaseOwnLock();
    }
  }

  override async release(): Promise<void> {
    if (this.ownsLock) {
      try {
        while (this.isTransactionActive) await this.rollbackTransaction();
      } finally {
        this.releaseOwnLock();
      }
    }
    await super.release();
  }

  /**
   * A transaction takes the write lock at its beginning. Taking it later can fail for good, even after a wait.
   * The result type `never` fits every overload of TypeORM.
   */
  override async query(sql: string, parameters?: unknown[], structured?: boolean): Promise<never> {
    const text = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE TRANSACTION' : sql;
    const run = async () => (await super.query(text, parameters as never, structured)) as never;
    statementCounts.sent += 1;
    try {
      return await (this.ownsLock ? run() : this.exclusively(run));
    } catch (error) {
      statementCounts.failed += 1;
      throw error;
    }
  }

  private async begin(): Promise<void> {
    this.ownsLock = true;
    try {
      await super.startTransaction();
    } catch (error) {
      this.ownsLock = false;
      this.isTransactionActive = false;
      throw error;
    }
  }

  /**
   * Runs `work` with the connection to itself. While another process (a backup, the sqlite3 shell) has the file locked,
   * it retries without blocking, and releases the connection in between: readers can use it.
   */
  private async exclusively<T>(work: () => Promise<T>, onSuccess = this.releaseLock): Promise<T> {
    const giveUpAt = performance.now() + WAIT_TIMEOUT_MS;
    for (;;) {
      await this.lock.acquire(giveUpAt - performance.now());
      try {
        this.assertFile();
        const result = await work();
        onSuccess();
        return result;
      } catch (error) {
        this.lock.release();
        if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      }
      await sleep(BUSY_RETRY_MS);
    }
  }
}

/** Throws after the opened file is deleted or replaced. SQLite would write to the deleted file, and acknowledge the writes. */
function fileGuard(path: string): () => void {
  const opened = fileIdentity(path);
  return () => {
    if (fileIdentity(path) !== opened) throw new TypeORMError('the database file is gone');
  };
}

/** Gives every caller of the data source a runner of its own on the one connection. */
export function isolateTransactions(dataSource: DataSource, path: string): DataSource {
  const driver = dataSource.driver as BetterSqlite3Driver;
  const lock = new FifoLock();
  const assertFile = fileGuard(path);
  const statements = new Map<string, unknown>();
  driver.createQueryRunner = () => new SerialRunner(driver, lock, assertFile, statements);
  return dataSource;
}
