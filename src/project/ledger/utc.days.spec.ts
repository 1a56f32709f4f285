import { describe, expect, it } from 'vitest';
import { beginOf, monthStart, utcDay } from './utc.days.js';

const at = (text: string): number => utcDay(Date.parse(text));

describe('days in UTC', () => {
  it.each([
    ['1970-01-01T23:59:59.999Z', 0],
    ['1970-01-02T00:00:00.000Z', 1],
    ['2026-11-28T23:30:00-01:00', at('2026-11-29T00:00:00Z')],
  ])('%s is day %i', (text, day) => {
    expect(utcDay(Date.parse(text))).toBe(day);
  });

  it.each([
    ['2026-11-28', '2026-11-01', '2026-12-01'],
    ['2026-12-31', '2026-12-01', '2027-01-01'],
    ['2028-02-29', '2028-02-01', '2028-03-01'],
    ['2028-03-01', '2028-03-01', '2028-04-01'],
  ])('%s is in the month from %s to %s', (day, first, next) => {
    expect([monthStart(at(day)), monthStart(at(day), 1)]).toEqual([at(first), at(next)]);
    expect(new Date(beginOf(at(day))).toISOString()).toBe(`${day}T00:00:00.000Z`);
  });
});
