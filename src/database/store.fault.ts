import { EXIT, StartError } from '../common/start.error.js';

/** SQLSTATE classes and codes of PostgreSQL that an operator has to mend: authentication, no such database, privileges. */
const POSTGRES_REFUSALS = new Set(['28000', '28P01', '3D000', '42501']);
const MYSQL_REFUSALS = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_NOT_SUPPORTED_AUTH_MODE',
]);

const codeOf = (error: unknown): string | undefined =>
  (error as { driverError?: { code?: string } }).driverError?.code ?? (error as { code?: string }).code;

/** A fault of the database's server that no waiting mends, as the end of a start. */
export function storeRefusal(error: unknown): StartError | undefined {
  if (error instanceof StartError) return error;
  const code = codeOf(error);
  if (code === undefined || !(POSTGRES_REFUSALS.has(code) || MYSQL_REFUSALS.has(code))) return undefined;
  return new StartError(EXIT.config, [`DATABASE_URL the server refuses it (${code})`]);
}

/** SQLSTATE 40001, 40P01: https://www.postgresql.org/docs/current/errcodes-appendix.html; MySQL's own numbers 1213, 1205. */
const CONFLICTS = new Set(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

/** True when the server took a transaction back because of another one: it had no effect, and may be tried again. */
export const isConflict = (error: unknown): boolean => CONFLICTS.has(codeOf(error) ?? '');
