import type { DatabaseConfig } from '../../config/app.config.js';
import type { Dialect } from '../../database/dialect/dialect.js';

/**
 * The database of events, without TypeORM: it is used on the events worker and in commands. Statements have `?` for their
 * parameters on every database. Every error has the driver's `code`.
 */
export abstract class EventDatabase {
  abstract readonly dialect: Dialect;
  /** The rows of a query. Integers are numbers. */
  abstract query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** The number of rows that a statement inserted, deleted or matched for its update. */
  abstract execute(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /** Inserts one row; returns its generated id. */
  abstract insert(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /**
   * One transaction, READ COMMITTED; all statements inside go through the argument. `work` runs again after a conflict with
   * another transaction, so it changes nothing but the database.
   */
  abstract transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T>;
  abstract close(): Promise<void>;
}

/** Where the events are. Plain data: it crosses threads. */
export interface EventDatabaseSettings {
  readonly driver: DatabaseConfig['driver'];
  /** The file of events; empty for a database server. */
  readonly file: string;
  readonly synchronous: DatabaseConfig['synchronous'];
  /** The URL of the database server, with its password; empty for SQLite. */
  readonly url: string;
}

/** How often a transaction runs again after a conflict. */
const TRIES = 20;

/** Runs a transaction until it has no conflict with another one. */
export async function retried<T>(run: () => Promise<T>, isConflict: (error: unknown) => boolean): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (tries === TRIES || !isConflict(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * tries));
  }
}
