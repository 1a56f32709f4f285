import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFailure } from '../../common/rest/validator.js';
import { IsLabelFilters, labelFilter, labelsProblem, MAX_LABELS } from './label.rules.js';

const OF_KEY = 'abcxyz0189._/-';
const keys = fc
  .string({ unit: fc.constantFrom(...OF_KEY), minLength: 1, maxLength: 63 })
  .filter((key) => /^[a-z0-9]/.test(key) && /[a-z0-9]$/.test(key));
const values = fc
  .string({ unit: 'grapheme', maxLength: 63 })
  .filter((value) => value.length <= 63 && value === value.trim() && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value));

class Query {
  @IsLabelFilters()
  label?: string[];
}

const problemOf = (plain: object): string | undefined => {
  const [error] = validateSync(plainToInstance(Query, plain), { whitelist: true });
  return error && firstFailure(error).message;
};

describe(labelsProblem.name, () => {
  it('accepts every map of keys and values, and a filter finds each of its labels', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, values, { maxKeys: MAX_LABELS }), (labels) => {
        expect(labelsProblem(labels)).toBeUndefined();
        for (const [key, value] of Object.entries(labels))
          expect(labelFilter(`${key}=${value}`)).toEqual({ key, value });
      }),
    );
  });

  it.each([
    [[], /object/],
    ['team=search', /object/],
    [{ Team: 'a' }, /key/],
    [{ 'a=b': 'c' }, /key/],
    [{ '-a': 'c' }, /key/],
    [{ 'a.': 'c' }, /key/],
    [{ '': 'c' }, /key/],
    [JSON.parse('{"constructor":"c"}'), /key/],
    [{ ['a'.repeat(64)]: 'c' }, /key/],
    [{ team: 1 }, /^\.team must be text/],
    [{ team: null }, /^\.team must be text/],
    [{ team: 'a\nb' }, /control/],
    [{ team: ' a' }, /white space/],
    [{ team: 'a'.repeat(64) }, /at most 63/],
    [Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])), /at most 16/],
  ])('refuses %j', (labels, problem) => expect(labelsProblem(labels)).toMatch(problem));
});

describe(IsLabelFilters.name, () => {
  it.each([['team=search'], ['team'], ['team='], [['team=a=b', 'env']]])('filters by %j', (label) =>
    expect(problemOf({ label })).toBeUndefined(),
  );

  it.each([['=a'], ['Team'], ['team=\u0007'], [Array.from({ length: 17 }, () => 'a')], [{ a: 'b' }]])(
    'does not filter by %j',
    (label) => expect(problemOf({ label })).toBeDefined(),
  );
});
