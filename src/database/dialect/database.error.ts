import { TypeORMError } from 'typeorm';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';

/** There is no connection to the database server. */
export class DatabaseUnreachable extends TypeORMError {
  readonly code = 'STORE_UNREACHABLE';

  constructor(cause?: unknown) {
    super('the database cannot be reached');
    this.cause = cause;
  }
}

/** The database did not answer in time. */
export class DatabaseTimeout extends TypeORMError {
  constructor() {
    super('the database did not answer in time');
  }
}

/** SQLSTATEs that an operator has to resolve: authentication, no such database or schema, privileges, read-only. */
const POSTGRES_REFUSALS = new Set(['28000', '28P01', '3D000', '3F000', '25006']);
/** Class 42: the tables differ from what the program expects, most likely because they belong to another program. */
const isSchemaError = (code: string): boolean => /^42[0-9A-Z]{3}$/.test(code);
const MYSQL_REFUSALS = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_BAD_FIELD_ERROR',
  'ER_NO_SUCH_TABLE',
  'ER_OPTION_PREVENTS_STATEMENT',
]);

/** The driver's own code, also of an error that TypeORM has wrapped. */
export const codeOf = (error: unknown): string | undefined =>
  (error as { driverError?: { code?: string } } | undefined)?.driverError?.code ??
  (error as { code?: string } | undefined)?.code;

/** The refusal to start for an error that lasts until an operator resolves it; undefined for any other error. */
export function databaseRefusal(error: unknown): StartupError | undefined {
  if (error instanceof StartupError) return error;
  if (error instanceof DatabaseUnreachable) return databaseRefusal(error.cause);
  const code = codeOf(error);
  if (code === undefined || !(POSTGRES_REFUSALS.has(code) || isSchemaError(code) || MYSQL_REFUSALS.has(code)))
    return undefined;
  return new StartupError(EXIT.config, [
    `DATABASE_URL the server refuses it (${code}${messageOf(error)}): check the URL, its account and the tables of the database`,
  ]);
}

/** For these codes the server's message names tables and columns, never values. */
function messageOf(error: unknown): string {
  const { message = '' } = (error as { driverError?: Error } | undefined)?.driverError ?? {};
  return message === '' ? '' : `: ${message}`;
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

/** Of SQLite, PostgreSQL and MySQL. */
const UNIQUE_VIOLATIONS = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  '23505',
  'ER_DUP_ENTRY',
]);

/** True when the write is refused because another row has the same value. */
export const isUniqueViolation = (error: unknown): boolean => UNIQUE_VIOLATIONS.has(codeOf(error) ?? '');
