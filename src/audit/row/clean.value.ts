import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from '../../common/audit/json.js';
import type { Redaction } from './audit.redaction.js';

/** Bytes of UTF-8. A `text` of MySQL ends at 65,535. */
const MAX_JSON_BYTES = 60_000;

/**
 * A value that every database returns as it is, and that RFC 8785 can write: without secrets, NUL (which PostgreSQL refuses)
 * and lone surrogates (which UTF-8 has no bytes for). A number that is no safe integer becomes text.
 */
export function clean<T extends Json>(value: T, redact: Redaction): T;
export function clean(value: Json, redact: Redaction): Json {
  if (typeof value === 'string') return redact(value).replaceAll('\0', '\uFFFD').toWellFormed();
  if (typeof value === 'number') return number(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry: Json) => clean(entry, redact));
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [clean(name, redact), clean(field, redact)]));
}

/** A sum with 0 makes −0 plain: JSON has one zero. */
const number = (value: number): Json => (Number.isSafeInteger(value) ? value + 0 : String(value));

/** The value, or what is known of one that is too long for a column. */
export function withinBounds(value: Json): Json {
  // Canonical JSON has its names in another order, and no other length.
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= MAX_JSON_BYTES) return value;
  return { truncated: true, sha256: createHash('sha256').update(canonicalize(value)!).digest('hex'), bytes };
}
