import canonicalize from 'canonicalize';
import type { Dialect } from '../../database/dialect/dialect.js';
import { type AuditRow, present } from './audit.row.js';

/** SQLite stores any value in `seq`: texts and bytes come behind all numbers. Conditions that an index answers. */
export const IS_NUMBERED: Record<Dialect, string> = { sqlite: `seq < ''`, postgres: '1 = 1', mysql: '1 = 1' };
export const IS_UNNUMBERED: Record<Dialect, string | undefined> = {
  sqlite: `seq >= ''`,
  postgres: undefined,
  mysql: undefined,
};

/** Milliseconds: the last instant of ECMAScript. */
const LAST_INSTANT = 8.64e15;

/**
 * The row of what a driver returns, whatever stands there: a damaged value is shown as it is and stops nobody. Nobody hashed
 * it in this form, so the row does not have its hash.
 */
export function storedRow(columns: Readonly<Record<string, unknown>>): AuditRow {
  const { seq, at, changes, metadata } = columns;
  return present({
    // The fields keep the order of the columns.
    ...columns,
    seq: storedNumber(seq),
    at: instant(at),
    changes: json(changes),
    metadata: json(metadata),
  }) as unknown as AuditRow;
}

/** PostgreSQL and MySQL return `bigint` as text. */
function storedNumber(value: unknown): unknown {
  // Bytes and blanks are no numbers, though ECMAScript reads some as such.
  const isScalar = typeof value === 'number' || typeof value === 'string';
  const isNumber = isScalar && /^-?\d+$/.test(String(value));
  return isNumber && Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function instant(value: unknown): string {
  const ms = storedNumber(value);
  return typeof ms === 'number' && Math.abs(ms) <= LAST_INSTANT ? new Date(ms).toISOString() : String(value);
}

/** Other white space, another order or a repeated name is another text than the one that was written. */
function json(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return text;
  try {
    const value: unknown = JSON.parse(text);
    return canonicalize(value) === text ? value : text;
  } catch {
    return text;
  }
}
