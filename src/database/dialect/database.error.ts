import { TypeORMError } from 'typeorm';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';
import { codeOf } from './driver.code.js';
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

/** Of work that is tried again: that there is no connection is logged once, by the change feed. */
export const logLevelOf = (error: unknown): 'debug' | 'warn' =>
  error instanceof DatabaseUnreachable ? 'debug' : 'warn';

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
