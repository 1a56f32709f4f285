import { expect, it } from 'vitest';
import { readSort, writeSort } from './columns';

it.each([
  ['-created_at', { by: 'created_at', desc: true }],
  ['name', { by: 'name', desc: false }],
])('the order %s is read and written', (text, sort) => {
  expect(readSort(text)).toEqual(sort);
  expect(writeSort(sort)).toBe(text);
});
