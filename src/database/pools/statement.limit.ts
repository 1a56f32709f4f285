import type { QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect/dialect.js';

/** Connections whose statements may take as long as they need; not to be used again for others. */
const lifted = new WeakSet<object>();

/** The server has limits of its own for what waits. */
const LIFT = {
  postgres: 'SET statement_timeout = 0',
  mysql: 'SET SESSION innodb_lock_wait_timeout = 50, lock_wait_timeout = 86400',
  sqlite: 'SELECT 1',
};

/** From now on what `runner` sends may take as long as it needs. */
export async function liftLimit(runner: QueryRunner): Promise<void> {
  lifted.add((await runner.connect()) as object);
  await runner.query(LIFT[dialectOf(runner.dataSource)]);
}

export const isLifted = (connection: object): boolean => lifted.has(connection);

/** How long a statement may take; the wait for a connection is part of its first statement's time. Milliseconds. */
export class StatementLimit {
  private readonly firstBy = new WeakMap<object, number>();

  /** `limitMs` may be Infinity; a connection is never waited for that long. */
  constructor(
    readonly limitMs: number,
    readonly connectMs = limitMs,
  ) {}

  get isFinite(): boolean {
    return Number.isFinite(this.limitMs);
  }

  lent(connection: object, askedAt: number): void {
    this.firstBy.set(connection, askedAt + this.limitMs);
  }

  /** Calls `giveUp` when the statement that is about to be sent takes too long. */
  watch(connection: object, giveUp: (why: Error) => void): NodeJS.Timeout | undefined {
    const limitMs = this.left(connection);
    if (!Number.isFinite(limitMs)) return undefined;
    return setTimeout(() => giveUp(new Error(`no answer in ${Math.round(limitMs)} ms`)), limitMs);
  }

  private left(connection: object): number {
    const by = this.firstBy.get(connection);
    this.firstBy.delete(connection);
    if (lifted.has(connection)) return Infinity;
    return by === undefined ? this.limitMs : Math.max(1, by - performance.now());
  }
}
