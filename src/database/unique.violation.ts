import { QueryFailedError } from 'typeorm';

/** Of SQLite, PostgreSQL, MySQL. */
const CODES = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505', 'ER_DUP_ENTRY']);

/** True when a write was refused because another row holds the value. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && CODES.has((error.driverError as { code?: string }).code ?? '');
