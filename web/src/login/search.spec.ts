import { expect, it } from 'vitest';
import { loginSearch } from './search';

it.each([
  ['/tokens?page=2', '/tokens?page=2'],
  ['/', '/'],
  ['//evil.example/', undefined],
  ['/\\evil.example', undefined],
  ['https://evil.example', undefined],
  ['', undefined],
])('after signing in, %s leads to %s', (to, expected) => {
  expect(loginSearch({ to })).toEqual({ to: expected });
});
