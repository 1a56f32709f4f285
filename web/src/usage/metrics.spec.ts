import { expect, it } from 'vitest';
import { against } from './metrics';

it.each([
  [120, 100, '+20 %'],
  [80, 100, '−20 %'],
  [100, 100, '+0 %'],
  [5, 0, undefined],
  [5, undefined, undefined],
  [5000, 1, '+499,900 %'],
])('%i against %s is %s', (now, before, expected) => {
  expect(against(now, before)).toBe(expected);
});
