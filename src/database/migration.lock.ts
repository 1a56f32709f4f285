import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { dialectOf } from './dialect/dialect.js';

const ASK_AGAIN_MS = 100;

/** Any number, the same for ever; PostgreSQL keeps those of one database apart from those of another. */
const POSTGRES_KEY = 7_812_741_352_893_551n;
/** MySQL's names are the whole server's, and at most 64 characters. */
const MYSQL_NAME = `concat('llm-proxy/', md5(database()))`;

interface Held {
  held: boolean | number | string | null;
}

/**
 * Runs `work` while no other process migrates this database. The lock belongs to the connection that `runner` holds, on
 * which the work is done: whoever dies, or loses that connection, has left no lock behind and does not go on without it.
 */
export async function withMigrationLock<T>(
  runner: QueryRunner,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const isPostgres = dialectOf(runner.dataSource) === 'postgres';
  const take = isPostgres
    ? `SELECT pg_try_advisory_lock(${POSTGRES_KEY}) AS held`
    : `SELECT get_lock(${MYSQL_NAME}, 0) AS held`;
  const letGo = isPostgres ? `SELECT pg_advisory_unlock(${POSTGRES_KEY})` : `SELECT release_lock(${MYSQL_NAME})`;
  for (;;) {
    const [row] = (await runner.query(take)) as Held[];
    if (row?.held === true || Number(row?.held) === 1) break;
    await sleep(ASK_AGAIN_MS, undefined, signal && { signal });
  }
  try {
    return await work();
  } finally {
    // Fails when the connection is lost, and the lock with it.
    await runner.query(letGo).catch(() => undefined);
  }
}
