import type { IncomingHttpHeaders } from 'node:http';
import { type Outcome, TAKEN } from './event.sink.js';

const HOUR_MS = 3_600_000;
/** Statuses that the same request may not have a second later (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const TEMPORARY = new Set([408, 425, 429]);
/** The content is refused, not the sender. */
const CONTENT = new Set([400, 413, 422]);

/** What an HTTP status says about a batch. */
export function outcomeOf(status: number, headers: IncomingHttpHeaders = {}, now = Date.now()): Outcome {
  const reason = `HTTP ${status}`;
  if (status >= 200 && status < 300) return TAKEN;
  if (TEMPORARY.has(status) || status >= 500) return retry(reason, retryAfterMs(headers, now));
  if (CONTENT.has(status)) return { kind: 'refused', reason };
  if (status < 400) return { kind: 'broken', reason: `${reason}: redirects are not followed` };
  return { kind: 'broken', reason };
}

export const retry = (reason: string, afterMs?: number): Outcome =>
  afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs };

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110 §10.2.3). At most an hour: a wrong date must not stop a sink for years. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const { 'retry-after': after } = headers;
  const ms = numberOf(headers['retry-after-ms']);
  if (ms !== undefined) return Math.min(ms, HOUR_MS);
  const seconds = numberOf(after);
  if (seconds !== undefined) return Math.min(seconds * 1000, HOUR_MS);
  const date = after === undefined ? Number.NaN : Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), HOUR_MS);
}

function numberOf(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,12}(?:\.\d{1,6})?$/.test(value.trim()) ? Number(value) : undefined;
}

/** The code of a network error, such as `ECONNREFUSED`. Messages of such errors may contain URLs. */
export function faultOf(error: unknown): string {
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code;
  if (cause !== undefined) return faultOf(cause);
  return name === 'AbortError' || name === 'TimeoutError' ? 'no response in time' : 'network error';
}
