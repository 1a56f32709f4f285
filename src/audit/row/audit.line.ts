import type { AuditRow } from './audit.row.js';

/** A row as one line of JSON, without the line feed: of an export, and of AUDIT_LOG_FILE. */
export const lineOf = (row: AuditRow): string => JSON.stringify(row);
