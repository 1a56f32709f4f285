import type { DataSource } from 'typeorm';
import { DATABASE_CLOCK, dialectOf } from '../database/dialect/dialect.js';
import { LIVE_MS } from './replica.registry.js';

/** The names of the servers that use a database, for a command beside them. */
export async function liveReplicas(dataSource: DataSource): Promise<string[]> {
  const clock = DATABASE_CLOCK[dialectOf(dataSource)];
  const rows: { name: string }[] = await dataSource.query(
    `SELECT name FROM replicas WHERE seen_at >= ${clock} - ${LIVE_MS} ORDER BY started_at, id`,
  );
  return rows.map(({ name }) => name);
}
