import type { DataSource } from 'typeorm';

/** `mysql` is MySQL and MariaDB. */
export type Dialect = 'sqlite' | 'postgres' | 'mysql';

export function dialectOf({ options: { type } }: DataSource): Dialect {
  if (type === 'postgres') return 'postgres';
  return type === 'mysql' || type === 'mariadb' ? 'mysql' : 'sqlite';
}
