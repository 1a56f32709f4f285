import type { DataSource } from 'typeorm';

/** `mysql` is MySQL and MariaDB. */
export type Dialect = 'sqlite' | 'postgres' | 'mysql';

export function dialectOf({ options: { type } }: DataSource): Dialect {
  if (type === 'postgres') return 'postgres';
  return type === 'mysql' || type === 'mariadb' ? 'mysql' : 'sqlite';
}

/**
 * SQL for the database's own clock: milliseconds since the epoch, UTC, in any session time zone. Replicas compare times by
 * this clock, because their own clocks differ.
 */
export const DATABASE_CLOCK: Record<Dialect, string> = {
  sqlite: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
  postgres: 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
  mysql: `(timestampdiff(MICROSECOND, '1970-01-01', utc_timestamp(3)) DIV 1000)`,
};
