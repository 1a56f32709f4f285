import type { Notice, ProxyEvent } from '../../events/event/proxy.event.js';
import type { Outcome } from './event.sink.js';

const NOT_AN_EVENT: Outcome = { kind: 'refused', reason: 'not an event' };

/** The event or notice of a line; undefined for any other text. */
export function parseLine(line: string): ProxyEvent | Notice | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? (value as ProxyEvent | Notice) : undefined;
  } catch {
    return undefined;
  }
}

const isEvent = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as ProxyEvent).id === 'string';

export const isNotice = (event: ProxyEvent | Notice): event is Notice => event.kind === 'notice';

/** Whether a line is a notice. The search spares most lines the parser; a captured header may have the same text. */
export function isNoticeLine(line: string): boolean {
  if (!line.includes('"kind":"notice"')) return false;
  const event = parseLine(line);
  return event !== undefined && isNotice(event);
}

/** The events of a batch, or why the batch is refused. */
export function eventsOf(lines: readonly string[]): ProxyEvent[] | Outcome {
  const events: ProxyEvent[] = [];
  for (const line of lines) {
    const event = parseLine(line);
    if (event === undefined) return NOT_AN_EVENT;
    if (!isNotice(event)) events.push(event);
  }
  return events;
}

/** The start and the end of an exchange, in milliseconds since the epoch. */
export function timesOf({ at, last_byte_ms: durationMs = 0 }: ProxyEvent): { startMs: number; endMs: number } {
  const startMs = Date.parse(at);
  return { startMs, endMs: startMs + durationMs };
}

/** Whether the exchange failed: a status of 400 or more, or an end other than `ok`. */
export const hasFailed = ({ status, end }: ProxyEvent): boolean => (status ?? 0) >= 400 || end !== 'ok';

/** Exchanges that call a model. Reads, lists and refused paths are none. */
export const isModelCall = ({ kind, method }: ProxyEvent): boolean => kind !== 'request' || method === 'POST';
