import { describe, expect, it } from 'vitest';
import { addDays, dayIn, fromOf, labelsOf, presetOf, rangeText } from './range';

const NOW = Date.parse('2026-11-28T23:30:00Z');

describe('days of a zone', () => {
  it.each([
    ['UTC', '2026-11-28'],
    ['America/Los_Angeles', '2026-11-28'],
    ['Asia/Kathmandu', '2026-11-29'],
    ['Asia/Tokyo', '2026-11-29'],
  ])('in %s it is the %s', (zone, day) => {
    expect(dayIn(zone, NOW)).toBe(day);
  });

  it('go over months, years and changes of the clock', () => {
    expect([addDays('2026-03-01', -1), addDays('2026-12-31', 1), addDays('2026-03-28', 2)]).toEqual([
      '2026-02-28',
      '2027-01-01',
      '2026-03-30',
    ]);
  });
});

describe('presets', () => {
  it.each([
    ['24h', '2026-11-27T23:30:00.000Z'],
    ['7d', '2026-11-23'],
    ['30d', '2026-10-31'],
    ['1y', '2025-11-30'],
  ] as const)('%s begin at %s', (preset, from) => {
    expect(fromOf(preset, 'Asia/Tokyo', NOW)).toBe(from);
    expect(presetOf({ from }, 'Asia/Tokyo', NOW)).toBe(preset);
  });

  it('are not any other range', () => {
    expect(presetOf({}, 'UTC', NOW)).toBe('30d');
    expect(presetOf({ from: '2026-11-22', to: '2026-11-25' }, 'UTC', NOW)).toBeUndefined();
    expect(presetOf({ from: '2026-11-21' }, 'UTC', NOW)).toBeUndefined();
    expect(presetOf({ from: '2026-11-01T00:00:00Z' }, 'UTC', NOW)).toBeUndefined();
  });
});

describe('texts', () => {
  it('of bars are those of the zone', () => {
    const at = '2026-11-27T15:00:00Z';
    expect(labelsOf('day', 'Asia/Tokyo')(at)).toBe('Nov 28');
    expect(labelsOf('hour', 'Asia/Tokyo')(at)).toBe('Nov 28, 00:00');
    expect(labelsOf('month', 'Asia/Tokyo')('2026-10-31T15:00:00Z')).toBe('Nov 2026');
  });

  it('of a range have its last day', () => {
    expect(rangeText('2026-10-29T15:00:00Z', '2026-11-28T15:00:00Z', 'Asia/Tokyo')).toMatch(
      /^Oct 30\s–\sNov 28, 2026$/,
    );
    expect(rangeText('2026-11-27T00:00:00Z', '2026-11-28T00:00:00Z', 'UTC')).toMatch(/00:00\s–\s.*28.*00:00/);
  });
});
