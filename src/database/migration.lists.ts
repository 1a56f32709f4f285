import { MYSQL_MIGRATIONS } from '../../migrations/mysql/index.js';
import { POSTGRES_MIGRATIONS } from '../../migrations/postgres/index.js';

/** In the order they are run; SQLite has none (sqlite.schema.ts). */
export const MIGRATIONS = { postgres: POSTGRES_MIGRATIONS, mysql: MYSQL_MIGRATIONS };
