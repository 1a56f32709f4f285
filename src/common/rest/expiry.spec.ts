import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { instantOf, queryInstantOf } from './date.time.js';
import { expiryOf, IsExpiry } from './expiry.js';

class Body {
  @IsExpiry()
  expires_at: unknown;
}

const isAccepted = (value: unknown): boolean =>
  validateSync(Object.assign(new Body(), { expires_at: value })).length === 0;

const LEAP_DAY = Date.UTC(2028, 1, 29, 12);
const INSTANTS: [text: string, ms: number][] = [
  ['2028-02-29T12:00:00Z', LEAP_DAY],
  ['2028-02-29t12:00:00z', LEAP_DAY],
  ['2028-02-29T13:30:00.250+01:30', LEAP_DAY + 250],
  ['2028-02-29T11:00:00-01:00', LEAP_DAY],
];
const NO_INSTANTS = [
  '2028-02-30T12:00:00Z',
  '2027-02-29T12:00:00Z',
  '2028-13-01T12:00:00Z',
  '2028-02-29T24:00:00Z',
  '2028-02-29T12:00:00',
  '2028-02-29T12:00:00 01:00',
  '2028-02-29 12:00:00Z',
  '2028-02-29',
  '1835438400000',
  ' 2028-02-29T12:00:00Z',
  'tomorrow',
  '',
];

describe('an expiry', () => {
  it.each(INSTANTS)('of %s is accepted, and read', (text, ms) => {
    expect([isAccepted(text), expiryOf(text, 0), instantOf(text)]).toEqual([true, ms, ms]);
  });

  it.each(NO_INSTANTS)('of "%s" is refused by the rule of a field and by the service', (text) => {
    expect(isAccepted(text)).toBe(false);
    expect(() => expiryOf(text, 0)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });

  it('that is no text is refused', () => {
    expect([null, 1_835_438_400_000, {}, ['2028-02-29T12:00:00Z']].map(isAccepted)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('lies after the clock, and in the year 9999 of UTC at the latest', () => {
    expect(expiryOf('2028-02-29T12:00:00Z', LEAP_DAY - 1)).toBe(LEAP_DAY);
    for (const [text, now] of [
      ['2028-02-29T12:00:00Z', LEAP_DAY],
      ['9999-12-31T23:59:59-01:00', 0],
    ] as const)
      expect(() => expiryOf(text, now)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });
});

describe(queryInstantOf.name, () => {
  it('reads a + that was not escaped', () => {
    expect(queryInstantOf('2028-02-29T13:00:00 01:00')).toBe(LEAP_DAY);
    expect(queryInstantOf('2028-02-29 12:00:00Z')).toBeUndefined();
  });
});
