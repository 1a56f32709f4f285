import { type AuditRow, hashOf } from '../row/audit.row.js';

/** Whether the stored hash is that of the row, or would be if the row had the number `seq`. */
export function isIntact(row: AuditRow, seq = row.seq): boolean {
  try {
    return hashOf(seq === row.seq ? row : { ...row, seq }) === row.hash;
  } catch {
    // A value that canonical JSON cannot write, such as half a surrogate pair, was never hashed.
    return false;
  }
}

/** The row of a line of an exported file. A line that is no row is one that nobody hashed. */
export function rowOfLine(line: string): AuditRow {
  try {
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null) return row as AuditRow;
  } catch {
    // Below.
  }
  return {} as AuditRow;
}
