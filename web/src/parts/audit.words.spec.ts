import { expect, it } from 'vitest';
import { actorName, changesOf, valueText } from './audit.words';

it.each([
  [null, '–'],
  ['', '–'],
  ['gpt-5', 'gpt-5'],
  [0, '0'],
  [false, 'false'],
  [['a', 'b'], '["a","b"]'],
])('%j is written as %s', (value, expected) => {
  expect(valueText(value)).toBe(expected);
});

it('names who acted', () => {
  expect(actorName({ actor: 'operator', actor_name: 'ana' })).toBe('ana');
  expect(actorName({ actor: 'system' })).toBe('The server');
});

it('lists changed fields, of damaged rows too', () => {
  expect(changesOf({ changes: { max_requests: { from: 1, to: null }, odd: null } })).toEqual([
    { field: 'max_requests', from: 1, to: null },
    { field: 'odd', from: undefined, to: undefined },
  ]);
  expect(changesOf({ changes: 'odd' as never })).toEqual([]);
});
