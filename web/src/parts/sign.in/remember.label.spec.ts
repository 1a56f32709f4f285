import { expect, it } from 'vitest';
import { rememberLabel } from './remember.label';

it.each([
  [2_592_000, '30 days'],
  [86_400, '1 day'],
  [36 * 3600, '36 hours'],
  [60, '1 hour'],
])('%i s are %s', (seconds, text) => {
  expect(rememberLabel(seconds)).toBe(`Keep me signed in for ${text}`);
});
