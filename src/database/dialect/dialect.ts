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

/** The time by the database's own clock; on SQLite, which has that of its process, `nowMs`. Milliseconds since the epoch. */
export async function databaseNow(dataSource: DataSource, nowMs: number): Promise<number> {
  const dialect = dialectOf(dataSource);
  if (dialect === 'sqlite') return nowMs;
  const rows: [{ now: number | string }] = await dataSource.query(`SELECT ${DATABASE_CLOCK[dialect]} AS now`);
  return Number(rows[0].now);
}

/**
 * SQL for the number of the current day since the epoch, in UTC, by the database's own clock: the same wherever it stands in
 * a statement. SQLite has it as parameter 2.
 */
export const UTC_DAY: Record<Dialect, string> = {
  sqlite: '?2',
  postgres: `(CAST(statement_timestamp() AT TIME ZONE 'UTC' AS date) - DATE '1970-01-01')`,
  mysql: `(to_days(utc_date()) - to_days('1970-01-01'))`,
};

/** The number of the first day of the current month, likewise. SQLite has it as parameter 3. */
export const UTC_MONTH_START: Record<Dialect, string> = {
  sqlite: '?3',
  postgres: `(CAST(date_trunc('month', statement_timestamp() AT TIME ZONE 'UTC') AS date) - DATE '1970-01-01')`,
  mysql: `(to_days(utc_date()) - to_days('1970-01-01') - dayofmonth(utc_date()) + 1)`,
};

/** `?` becomes `$1`, `$2` … for PostgreSQL. */
export function withPlaceholders(sql: string, dialect: Dialect): string {
  let n = 0;
  return dialect === 'postgres' ? sql.replaceAll('?', () => `$${(n += 1)}`) : sql;
}
