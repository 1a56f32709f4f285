import { type AuditRow, rowFromColumns } from './audit.row.js';

/** A row as one line of JSON, without the line feed: of an export, and of AUDIT_LOG_FILE. */
export const lineOf = (row: AuditRow): string => JSON.stringify(row);

/** The line of what a driver returns. A row whose JSON was damaged in the database has it as text. */
export function lineFromColumns(columns: Readonly<Record<string, unknown>>): string {
  try {
    return lineOf(rowFromColumns(columns));
  } catch {
    const { changes, metadata, ...rest } = columns;
    return JSON.stringify({ ...rowFromColumns(rest), changes, metadata });
  }
}
