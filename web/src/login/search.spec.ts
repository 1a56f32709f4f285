import { expect, it } from 'vitest';
import { loginSearch } from './search';

it.each([
  ['/tokens?page=2', '/tokens?page=2'],
  ['/', '/'],
  ['//evil.example/', undefined],
  ['/\\evil.example', undefined],
  ['https://evil.example', undefined],
  ['/\t/evil.example', undefined],
  ['/../v1', undefined],
  ['/tokens/%2e%2e/%2e%2e/v1', undefined],
  ['/login?to=/tokens', undefined],
  ['', undefined],
])('after signing in, %s leads to %s', (to, expected) => {
  expect(loginSearch({ to })).toEqual({ to: expected });
});
