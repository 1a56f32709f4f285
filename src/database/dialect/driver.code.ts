/** The driver's own code, also of an error that TypeORM has wrapped, and for the errors to which drivers give none. */
export function codeOf(error: unknown): string | undefined {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  const { code, message = '' } = (driverError ?? {}) as { code?: string; message?: string };
  if (code !== undefined) return code;
  if (message === 'The server does not support SSL connections') return 'NO_TLS';
  return /time(?:d )?out|^no (?:connection|response) in/.test(message) ? 'TIMEOUT' : undefined;
}

/** True when another program has locked the SQLite file. */
export const isBusy = (error: unknown): boolean => codeOf(error) === 'SQLITE_BUSY';

/** SQLSTATE 40001, 40P01: https://www.postgresql.org/docs/current/errcodes-appendix.html; MySQL's own numbers 1213, 1205. */
const CONFLICTS = new Set(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

/**
 * True when the server cancelled a statement because of another transaction. MySQL's 1205 leaves the transaction open, the
 * other codes end it. A retry therefore rolls back first and begins with the first statement.
 */
export const isConflict = (error: unknown): boolean => CONFLICTS.has(codeOf(error) ?? '');

/** SQLSTATEs outside the classes 08, 53 and 57, which tell that the connection ends, the time is over or the server is full. */
const ANSWERS = /^(?:(?!08|53|57)(?=.*\d)[0-9A-Z]{5}|ER_\w+|SQLITE_\w+)$/;

/** The same of MySQL and MariaDB. */
const PASSING = new Set([
  'ER_ABORTING_CONNECTION',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_CONNECTION_KILLED',
  'ER_CON_COUNT_ERROR',
  'ER_DISK_FULL',
  'ER_DISK_FULL_NOWAIT',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_NORMAL_SHUTDOWN',
  'ER_OUT_OF_RESOURCES',
  'ER_QUERY_INTERRUPTED',
  'ER_QUERY_TIMEOUT',
  'ER_RECORD_FILE_FULL',
  'ER_SERVER_SHUTDOWN',
  'ER_SESSION_WAS_KILLED',
  'ER_SHUTDOWN_COMPLETE',
  'ER_STATEMENT_TIMEOUT',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
]);

/** True when the database has refused a statement. False when the connection was lost, or there was none, no time or no room. */
export function isRefusedStatement(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return ANSWERS.test(code) && !PASSING.has(code);
}

/** Of SQLite, PostgreSQL and MySQL. */
const UNIQUE_VIOLATIONS = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  '23505',
  'ER_DUP_ENTRY',
]);

/** True when the write is refused because another row has the same value. */
export const isUniqueViolation = (error: unknown): boolean => UNIQUE_VIOLATIONS.has(codeOf(error) ?? '');
