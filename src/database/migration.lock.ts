import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { dialectOf } from './dialect/dialect.js';

const RETRY_MS = 100;

/** An arbitrary number that never changes. PostgreSQL scopes advisory locks to one database. */
const POSTGRES_KEY = 7_812_741_352_893_551n;
/** MySQL scopes lock names to the whole server, hence the database in the name. At most 64 characters. */
const MYSQL_NAME = `concat('llm-proxy/', md5(database()))`;

const POSTGRES = {
  acquire: `SELECT pg_try_advisory_lock(${POSTGRES_KEY}) AS acquired`,
  release: `SELECT pg_advisory_unlock(${POSTGRES_KEY})`,
};
const MYSQL = {
  acquire: `SELECT get_lock(${MYSQL_NAME}, 0) AS acquired`,
  release: `SELECT release_lock(${MYSQL_NAME})`,
};

interface LockRow {
  acquired: boolean | number | string | null;
}

/**
 * Runs `work` while no other process migrates this database. The lock belongs to the connection of `runner`, and `work` uses
 * the same connection. When the process dies or the connection is lost, the server releases the lock and `work` fails.
 */
export async function withMigrationLock<T>(
  runner: QueryRunner,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { acquire, release } = dialectOf(runner.dataSource) === 'postgres' ? POSTGRES : MYSQL;
  for (;;) {
    const [row] = (await runner.query(acquire)) as LockRow[];
    if (row?.acquired === true || Number(row?.acquired) === 1) break;
    await sleep(RETRY_MS, undefined, signal && { signal });
  }
  try {
    return await work();
  } finally {
    // It fails when the connection is lost, and the lock with it.
    await runner.query(release).catch(() => undefined);
  }
}
