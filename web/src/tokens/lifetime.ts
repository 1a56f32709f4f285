import { span } from '../format/span';

const MINUTE_MS = 60_000;

/** How long a new token lives: minutes, or a date. */
export const LIFETIMES = [
  ['5', '5 m'],
  ['15', '15 m'],
  ['60', '1 h'],
  ['360', '6 h'],
  ['1440', '1 d'],
  ['10080', '7 d'],
  ['43200', '30 d'],
  ['129600', '90 d'],
  ['525600', '1 y'],
  ['date', 'Date'],
] as const;

const USUAL = '43200';

/** The choices, with the project's own default where it is none of them. */
export function lifetimesOf(defaultMinutes: number | null | undefined): readonly (readonly [string, string])[] {
  const id = String(defaultMinutes ?? USUAL);
  if (LIFETIMES.some(([minutes]) => minutes === id)) return LIFETIMES;
  return [[id, span(Number(id) * MINUTE_MS)], ...LIFETIMES];
}

/** What is chosen at first. */
export const usualLifetime = (defaultMinutes: number | null | undefined): string => String(defaultMinutes ?? USUAL);

/** `2026-11-28T12:00` of a field that is UTC, as RFC 3339. */
export const utcOf = (field: string): string => (field === '' ? '' : `${field.length === 16 ? `${field}:00` : field}Z`);

/** An instant as a field for UTC takes it. */
export const utcField = (at: string): string => new Date(at).toISOString().slice(0, 16);
