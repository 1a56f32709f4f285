import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsLimit } from './limit.rules.js';
import { firstFailure } from './validator.js';

class Body {
  @IsLimit()
  rate: unknown;
  @IsLimit(Number.MAX_SAFE_INTEGER)
  cap: unknown;
}

const problems = (plain: Partial<Body>): string[] =>
  validateSync(Object.assign(new Body(), plain)).map((error) => `${error.property} ${firstFailure(error).message}`);

describe(IsLimit.name, () => {
  it.each([{}, { rate: null, cap: null }, { rate: 1, cap: 1 }, { rate: 1_000_000, cap: Number.MAX_SAFE_INTEGER }])(
    'accepts %j',
    (plain) => expect(problems(plain)).toEqual([]),
  );

  it.each([0, -1, 1.5, 1_000_001, Number.NaN, Infinity, '5', true, [5], {}])('refuses %j', (rate) => {
    expect(problems({ rate })).toEqual(['rate must be a whole number from 1 to 1000000, or null']);
  });

  it.each([0, 1.5, 2 ** 53, '5'])('refuses a cap of %j', (cap) => {
    expect(problems({ cap })).toEqual(['cap must be a whole number from 1 to 9007199254740991, or null']);
  });
});
