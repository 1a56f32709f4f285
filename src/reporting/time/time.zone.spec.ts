import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, INTERVALS, pointAt, startsOfPoints } from './time.points.js';
import { TimeZone } from './time.zone.js';

const zone = (name: string): TimeZone => TimeZone.named(name)!;
const HOUR = 3_600_000;
const QUARTER = 900_000;
const LONGEST = { hour: HOUR, day: 25 * HOUR, month: 31 * 24 * HOUR + HOUR };
const at = (text: string): number => Date.parse(text);
const starts = (name: string, from: string, to: string, interval: Interval): string[] =>
  startsOfPoints(zone(name), at(from), at(to), interval).map((start) => new Date(start).toISOString().slice(0, 16));

/** Zones with quarters, halves, changes of half an hour, changes at midnight, and a day that does not exist. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'America/Asuncion',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];

describe(TimeZone.name, () => {
  it('knows zones of the IANA database in any case, and no others', () => {
    expect(zone('asia/kathmandu').offsetAt(0)).toBe(5.5 * HOUR);
    expect(zone('Asia/Kathmandu').offsetAt(at('2026-01-01T00:00Z'))).toBe(5.75 * HOUR);
    for (const name of ['', 'Europe/Nowhere', 'Europe/Berlin ', 'x'.repeat(65), '../etc/passwd'])
      expect(TimeZone.named(name)).toBeUndefined();
  });

  it('keeps a bounded number of zones', () => {
    for (const name of Intl.supportedValuesOf('timeZone').slice(0, 120)) expect(TimeZone.named(name)?.name).toBe(name);
    expect(zone('UTC').offsetAt(1)).toBe(0);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00'],
    ['Asia/Kathmandu', '2026-11-28', '2026-11-27T18:15'],
    // The clock goes from 24:00 back to 23:00.
    ['America/Santiago', '2026-04-05', '2026-04-05T04:00'],
    // The clock goes from 24:00 on to 01:00.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00'],
    // A day that does not exist.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00'],
  ])('in %s the day %s begins at %s UTC', (name, day, start) => {
    expect(new Date(zone(name).firstInstantOf(at(`${day}T00:00Z`))).toISOString()).toContain(start);
  });
});

describe(startsOfPoints.name, () => {
  it('has 23 and 25 hours on the days on which the clock is set', () => {
    expect(starts('Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 'hour')).toHaveLength(23);
    expect(starts('Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 'hour')).toHaveLength(25);
    expect(starts('Europe/Berlin', '2026-10-23T22:00Z', '2026-10-26T23:00Z', 'day')).toEqual([
      '2026-10-23T22:00',
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ]);
  });

  it('has a point of half an hour where the clock is set by half an hour', () => {
    expect(starts('Australia/Lord_Howe', '2026-04-04T14:00Z', '2026-04-04T17:30Z', 'hour')).toEqual([
      '2026-04-04T14:00',
      '2026-04-04T15:00',
      '2026-04-04T15:30',
      '2026-04-04T16:30',
    ]);
  });

  it('has hours and days at quarter hours of UTC', () => {
    expect(starts('Asia/Kathmandu', '2026-11-27T18:15Z', '2026-11-27T20:30Z', 'hour')).toEqual([
      '2026-11-27T18:15',
      '2026-11-27T19:15',
      '2026-11-27T20:15',
    ]);
    expect(starts('Asia/Kathmandu', '2026-11-27T12:00Z', '2026-11-28T19:00Z', 'day')).toEqual([
      '2026-11-27T12:00',
      '2026-11-27T18:15',
      '2026-11-28T18:15',
    ]);
  });

  it('has months of the zone', () => {
    expect(starts('America/New_York', '2026-10-15T00:00Z', '2027-01-01T06:00Z', 'month')).toEqual([
      '2026-10-15T00:00',
      '2026-11-01T04:00',
      '2026-12-01T05:00',
      '2027-01-01T05:00',
    ]);
  });

  it('puts every quarter hour of any zone in exactly one point, which has its local day', () => {
    const quarter = fc.integer({ min: at('2009-01-01') / QUARTER, max: at('2037-01-01') / QUARTER });
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        quarter,
        fc.integer({ min: 1, max: 96 * 60 }),
        fc.constantFrom(...INTERVALS),
        (name, first, count, interval) => {
          const [from, to] = [first * QUARTER, (first + count) * QUARTER];
          const found = startsOfPoints(zone(name), from, to, interval);
          expect(found[0]).toBe(from);
          expect(found).toEqual([...new Set(found)].toSorted((a, b) => a - b));
          for (let instant = from; instant < to; instant += QUARTER * 7) {
            const point = pointAt(found, instant);
            expect(found[point]!).toBeLessThanOrEqual(instant);
            expect(found[point + 1] ?? to).toBeGreaterThan(instant);
          }
          for (const [i, start] of found.entries()) {
            const length = (found[i + 1] ?? to) - start;
            expect(length).toBeLessThanOrEqual(LONGEST[interval]);
            if (i === 0 || interval === 'hour') continue;
            const [before, now] = [start - 1, start].map((t) => t + zone(name).offsetAt(t));
            const unit = interval === 'day' ? 10 : 7;
            expect(new Date(now!).toISOString().slice(0, unit) > new Date(before!).toISOString().slice(0, unit)).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
