import type { DataSource } from 'typeorm';
import { dialectOf } from '../../src/database/dialect/dialect.js';

const WAITING = {
  postgres: `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  // InnoDB's own table of waits is cached while it is queried again and again.
  mysql: `SELECT count(*) AS n FROM information_schema.processlist
    WHERE db = database() AND command = 'Query' AND id <> connection_id() AND time_ms > 50`,
};

/** How many statements of this database wait for a lock. */
export async function lockWaits(store: DataSource): Promise<number> {
  const dialect = dialectOf(store);
  if (dialect === 'sqlite') throw new Error('a file has one lock');
  const [row]: { n: number | string }[] = await store.query(WAITING[dialect]);
  return Number(row?.n);
}
