import type { Dialect } from './dialect.js';

/**
 * The database's own clock in SQL: milliseconds since the epoch, UTC, whatever the session's time zone is. What several
 * replicas compare with is read here and not from their own clocks.
 */
export const DATABASE_CLOCK: Record<Dialect, string> = {
  sqlite: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
  postgres: 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
  mysql: `(timestampdiff(MICROSECOND, '1970-01-01', utc_timestamp(3)) DIV 1000)`,
};
