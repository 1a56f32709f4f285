import { expect, it } from 'vitest';
import { requestsLeft, timeLeft } from './token.left';

const token = { created_at: '2026-11-28T00:00:00Z', expires_at: '2026-11-28T10:00:00Z' };

it.each([
  ['2026-11-28T00:00:00Z', 1],
  ['2026-11-28T07:30:00Z', 0.25],
  ['2026-11-29T00:00:00Z', 0],
])('at %s its time is at %f', (now, left) => {
  expect(timeLeft(token, Date.parse(now))).toBe(left);
});

it.each([
  [null, 7, null],
  [100, 24, 0.76],
  [100, 100, 0],
  [0, 0, 1],
])('with a cap of %s and %i used its requests are at %s', (max_requests, request_count, left) => {
  expect(requestsLeft({ max_requests, request_count })).toBe(left);
});
