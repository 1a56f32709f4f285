import { expect, it } from 'vitest';
import { LIFETIMES, lifetimesOf, usualLifetime, utcField, utcOf } from './lifetime';

it('has 30 days for a project without a default', () => {
  expect(usualLifetime(undefined)).toBe('43200');
  expect(lifetimesOf(null)).toEqual(LIFETIMES);
});

it('has the default of the project first when it is none of the usual ones', () => {
  expect(usualLifetime(120)).toBe('120');
  expect(lifetimesOf(120)[0]).toEqual(['120', '2 h']);
});

it('writes and reads a field in UTC', () => {
  expect(utcField('2026-11-28T12:34:56Z')).toBe('2026-11-28T12:34');
  expect(utcOf('2026-11-28T12:34')).toBe('2026-11-28T12:34:00Z');
  expect(utcOf('')).toBe('');
});
