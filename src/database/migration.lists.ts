import { MYSQL_MIGRATIONS } from '../../migrations/mysql/index.js';
import { POSTGRES_MIGRATIONS } from '../../migrations/postgres/index.js';

/** In execution order. SQLite has no migrations (sqlite.schema.ts). */
export const MIGRATIONS = { postgres: POSTGRES_MIGRATIONS, mysql: MYSQL_MIGRATIONS };
