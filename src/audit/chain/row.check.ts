import canonicalize from 'canonicalize';
import { type AuditRow, hashOf, rowFromColumns } from '../row/audit.row.js';

/** Milliseconds: the last instant of ECMAScript. */
const LAST_INSTANT = 8.64e15;

/** Whether the stored hash is that of the row, or would be if the row had the number `seq`. */
export function isIntact(row: AuditRow, seq = row.seq): boolean {
  try {
    return hashOf(seq === row.seq ? row : { ...row, seq }) === row.hash;
  } catch {
    // A value that canonical JSON cannot write, such as half a surrogate pair, was never hashed.
    return false;
  }
}

/** The row of what a driver returns, whatever stands there. A value that nobody hashed in this form stays as it is. */
export function storedRow(columns: Readonly<Record<string, unknown>>): AuditRow {
  const { at, changes, metadata, ...others } = columns;
  const instant = Number(at);
  const isInstant = Number.isSafeInteger(instant) && Math.abs(instant) <= LAST_INSTANT;
  const row = rowFromColumns({ ...others, at: isInstant ? instant : 0 });
  const fields = {
    ...(!isInstant && { at: String(at) }),
    ...json('changes', changes),
    ...json('metadata', metadata),
  };
  return { ...row, ...(fields as Partial<AuditRow>) };
}

/** Other white space, another order or a repeated name is another text than the one that was written. */
function json(name: string, text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return { [name]: canonicalize(value) === text ? value : text };
  } catch {
    return { [name]: text };
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
