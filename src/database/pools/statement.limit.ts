import type { QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect/dialect.js';

/** Connections without a statement timeout. They are closed after use. */
const unlimited = new WeakSet<object>();

/** Lifts the timeouts that the server itself applies. */
const NO_LIMIT = {
  postgres: 'SET statement_timeout = 0',
  mysql: 'SET SESSION innodb_lock_wait_timeout = 50, lock_wait_timeout = 86400',
  sqlite: 'SELECT 1',
};

/** Lifts the timeout of all further statements of `runner`. */
export async function liftLimit(runner: QueryRunner): Promise<void> {
  unlimited.add((await runner.connect()) as object);
  await runner.query(NO_LIMIT[dialectOf(runner.dataSource)]);
}

export const isUnlimited = (connection: object): boolean => unlimited.has(connection);

/** The timeout of statements, in milliseconds. The wait for a connection counts towards its first statement. */
export class StatementLimit {
  private readonly firstDeadline = new WeakMap<object, number>();

  /** `limitMs` may be Infinity, `connectMs` may not. */
  constructor(
    readonly limitMs: number,
    readonly connectMs = limitMs,
  ) {}

  get isFinite(): boolean {
    return Number.isFinite(this.limitMs);
  }

  /** `requestedAt`: when the caller began to wait for the connection. */
  acquired(connection: object, requestedAt: number): void {
    this.firstDeadline.set(connection, requestedAt + this.limitMs);
  }

  /** Starts the timer of the next statement; the caller clears it. */
  watch(connection: object, onTimeout: (error: Error) => void): NodeJS.Timeout | undefined {
    const limitMs = this.remainingMs(connection);
    if (!Number.isFinite(limitMs)) return undefined;
    return setTimeout(() => onTimeout(new Error(`no response in ${Math.round(limitMs)} ms`)), limitMs);
  }

  private remainingMs(connection: object): number {
    const deadline = this.firstDeadline.get(connection);
    this.firstDeadline.delete(connection);
    if (unlimited.has(connection)) return Infinity;
    return deadline === undefined ? this.limitMs : Math.max(1, deadline - performance.now());
  }
}
