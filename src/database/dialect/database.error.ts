import { TypeORMError } from 'typeorm';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';
import { sentenceOf, type Whereabouts } from './fault.words.js';

/** There is no connection to the database server. One line in a log: it has no stack and no cause. */
export class DatabaseUnreachable extends TypeORMError {
  readonly code = 'STORE_UNREACHABLE';

  /** `reason` is the driver's error; without one, the database is not open yet. */
  constructor(
    readonly reason?: unknown,
    readonly where?: Whereabouts,
  ) {
    super(reason === undefined ? 'the database is not open yet' : inWords(reason, where));
    delete this.stack;
  }
}

function inWords(reason: unknown, where: Whereabouts | undefined): string {
  const code = codeOf(reason);
  const sentence = sentenceOf(code, where) ?? `the database cannot be reached: ${(reason as Error).message}`;
  return code === undefined ? sentence : `${sentence} (${code})`;
}

/** The database did not respond in time. */
export class DatabaseTimeout extends TypeORMError {
  constructor() {
    super('the database did not respond in time');
  }
}

/** SQLSTATEs that an operator has to resolve: authentication, no such database or schema, privileges, read-only. */
const POSTGRES_REFUSALS = new Set(['28000', '28P01', '3D000', '3F000', '25006', 'NO_TLS']);
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
  'ER_SECURE_TRANSPORT_REQUIRED',
  'ER_BINLOG_STMT_MODE_AND_ROW_ENGINE',
  'HANDSHAKE_NO_SSL_SUPPORT',
]);
/** OpenSSL's codes for a certificate that is not trusted, and Node's for a name that it does not have. */
const isCertificateError = (code: string): boolean => /CERT/.test(code) || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';

const isRefusal = (code: string): boolean =>
  POSTGRES_REFUSALS.has(code) || isSchemaError(code) || MYSQL_REFUSALS.has(code) || isCertificateError(code);

/** The driver's own code, also of an error that TypeORM has wrapped, and for the errors to which drivers give none. */
export function codeOf(error: unknown): string | undefined {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  const { code, message = '' } = (driverError ?? {}) as { code?: string; message?: string };
  if (code !== undefined) return code;
  if (message === 'The server does not support SSL connections') return 'NO_TLS';
  return /time(?:d )?out|^no (?:connection|response) in/.test(message) ? 'TIMEOUT' : undefined;
}

/** The refusal to start for an error that lasts until an operator resolves it; undefined for any other error. */
export function databaseRefusal(error: unknown, where?: Whereabouts): StartupError | undefined {
  if (error instanceof StartupError) return error;
  if (error instanceof DatabaseUnreachable) return databaseRefusal(error.reason, error.where);
  const code = codeOf(error);
  if (code === undefined || !isRefusal(code)) return undefined;
  const sentence = sentenceOf(code, where) ?? 'the server refuses it: check the account and the tables of the database';
  return new StartupError(EXIT.config, [`DATABASE_URL ${sentence} (${code}${messageOf(error)})`]);
}

/** For these codes the server's message names tables and columns, never values. */
function messageOf(error: unknown): string {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  const { message = '' } = (driverError ?? {}) as { message?: string };
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
