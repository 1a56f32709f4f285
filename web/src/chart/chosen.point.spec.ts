import { expect, it } from 'vitest';
import { markedOf, nextPoint } from './chosen.point';

it.each([
  ['ArrowLeft', null, 23],
  ['ArrowRight', null, 23],
  ['ArrowLeft', 0, 0],
  ['ArrowRight', 4, 5],
  ['PageUp', 10, 3],
  ['PageDown', 20, 23],
  ['Home', 9, 0],
  ['End', 9, 23],
  ['Escape', 9, null],
  ['a', 9, undefined],
])('%s at %s leads to %s', (key, at, expected) => {
  expect(nextPoint(key, at, 24)).toBe(expected);
});

it('leads nowhere without a bar', () => {
  expect(nextPoint('End', null, 0)).toBeUndefined();
});

it('marks from the earlier to the later bar', () => {
  expect([markedOf(3, 7), markedOf(7, 3)]).toEqual([
    [3, 7],
    [3, 7],
  ]);
});
