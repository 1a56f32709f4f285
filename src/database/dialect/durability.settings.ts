import type { DataSource } from 'typeorm';
import { dialectOf } from './dialect.js';

/** What a setting of the database server costs. */
type Cost =
  /** A crash or a power cut may undo commits that the server has acknowledged. */
  | 'forgets'
  /** A power cut may damage pages, unless the storage writes pages atomically. */
  | 'tears'
  /** The statements of this program fail. */
  | 'refuses';

interface Setting {
  readonly name: string;
  readonly cost: Cost;
  isHarmful(value: string, all: Values): boolean;
  readonly remedy: string;
}

/** By lower-case name. A server that does not know a setting leaves it out. */
type Values = Readonly<Record<string, string | null | undefined>>;

/** The harmful settings of a database server, by what they cost; a line each, with the statement that changes it. */
export type HarmfulSettings = Readonly<Record<Cost, readonly string[]>>;

const isOff = (value: string): boolean => /^(?:off|0|false)$/i.test(value);
const hasBinlog = ({ log_bin: logBin }: Values): boolean => logBin !== undefined && !isOff(logBin ?? '0');

/** https://www.postgresql.org/docs/current/runtime-config-wal.html */
const POSTGRES: readonly Setting[] = [
  {
    name: 'fsync',
    cost: 'forgets',
    isHarmful: isOff,
    remedy: 'ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf()',
  },
  {
    // The session sets it. A pooler in transaction mode loses that.
    name: 'synchronous_commit',
    cost: 'forgets',
    isHarmful: isOff,
    remedy: 'ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf()',
  },
  {
    name: 'unlogged_tables',
    cost: 'forgets',
    isHarmful: (tables) => tables !== '',
    remedy: 'ALTER TABLE … SET LOGGED for each',
  },
  {
    name: 'full_page_writes',
    cost: 'tears',
    isHarmful: isOff,
    remedy: 'ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf()',
  },
];

const READ_POSTGRES = `SELECT current_setting('fsync', true) AS fsync,
  current_setting('synchronous_commit', true) AS synchronous_commit,
  current_setting('full_page_writes', true) AS full_page_writes,
  (SELECT coalesce(string_agg(relname, ', '), '') FROM pg_class
   WHERE relkind = 'r' AND relpersistence = 'u' AND relnamespace = to_regnamespace(current_schema())) AS unlogged_tables`;

/** https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html, https://mariadb.com/kb/en/innodb-system-variables/ */
const MYSQL: readonly Setting[] = [
  {
    // 3 is MariaDB's and flushes more than 1.
    name: 'innodb_flush_log_at_trx_commit',
    cost: 'forgets',
    isHarmful: (value) => value !== '1' && value !== '3',
    remedy: 'SET GLOBAL innodb_flush_log_at_trx_commit = 1, and the same in my.cnf',
  },
  {
    // With a binary log, recovery undoes transactions that the log does not contain.
    name: 'sync_binlog',
    cost: 'forgets',
    isHarmful: (value, all) => value !== '1' && hasBinlog(all),
    remedy: 'SET GLOBAL sync_binlog = 1, and the same in my.cnf',
  },
  {
    name: 'innodb_flush_method',
    cost: 'forgets',
    isHarmful: (value) => /^(?:nosync|littlesync)$/i.test(value),
    remedy: 'remove innodb_flush_method from my.cnf and restart the server',
  },
  {
    name: 'debug_no_sync',
    cost: 'forgets',
    isHarmful: (value) => !isOff(value),
    remedy: 'SET GLOBAL debug_no_sync = OFF',
  },
  {
    name: 'innodb_redo_log_enabled',
    cost: 'forgets',
    isHarmful: isOff,
    remedy: 'ALTER INSTANCE ENABLE INNODB REDO_LOG',
  },
  {
    name: 'innodb_doublewrite',
    cost: 'tears',
    isHarmful: isOff,
    remedy: 'set innodb_doublewrite = ON in my.cnf and restart the server',
  },
  {
    // InnoDB refuses to write at READ COMMITTED then (error 1665).
    name: 'binlog_format',
    cost: 'refuses',
    isHarmful: (value, all) => /^statement$/i.test(value) && hasBinlog(all),
    remedy: 'SET GLOBAL binlog_format = ROW, and the same in my.cnf',
  },
];

const NAMES = [...MYSQL.map(({ name }) => name), 'log_bin'].map((name) => `'${name}'`).join(', ');
const READ_MYSQL = [
  `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${NAMES})`,
  `SHOW GLOBAL STATUS LIKE 'innodb_redo_log_enabled'`,
];

/** Reads what the server does with acknowledged commits. Nothing is harmful on SQLite, which is configured by this program. */
export async function harmfulSettings(dataSource: DataSource): Promise<HarmfulSettings> {
  const dialect = dialectOf(dataSource);
  if (dialect === 'sqlite') return { forgets: [], tears: [], refuses: [] };
  const isPostgres = dialect === 'postgres';
  return judge(isPostgres ? POSTGRES : MYSQL, await (isPostgres ? readPostgres : readMysql)(dataSource));
}

async function readPostgres(dataSource: DataSource): Promise<Values> {
  const [row]: [Values] = await dataSource.query(READ_POSTGRES);
  return row;
}

async function readMysql(dataSource: DataSource): Promise<Values> {
  const rows: { Variable_name: string; Value: string }[] = [];
  for (const statement of READ_MYSQL) rows.push(...(await dataSource.query(statement)));
  return Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]));
}

function judge(settings: readonly Setting[], values: Values): HarmfulSettings {
  const of = (cost: Cost): string[] =>
    settings
      .filter((setting) => setting.cost === cost && isHarmful(setting, values))
      .map(({ name, remedy }) => `${name} is ${values[name]}: ${remedy}`);
  return { forgets: of('forgets'), tears: of('tears'), refuses: of('refuses') };
}

function isHarmful(setting: Setting, values: Values): boolean {
  const value = values[setting.name];
  return value !== undefined && value !== null && setting.isHarmful(value, values);
}
