import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { firstFailure } from '../../common/rest/validator.js';
import { DescribedFields } from './described.dto.js';

const problemOf = (plain: object): string | undefined => {
  const [error] = validateSync(plainToInstance(DescribedFields, plain), { whitelist: true });
  return error && firstFailure(error).message;
};

describe(DescribedFields.name, () => {
  it.each([
    [{}],
    [{ labels: null, owner: null, note: null }],
    [{ labels: {}, owner: 'Search team <search@example.com>', note: 'first line\nsecond\tline' }],
    [{ owner: 'ö'.repeat(120), note: 'ö'.repeat(1000) }],
  ])('accepts %j', (body) => expect(problemOf(body)).toBeUndefined());

  it.each([
    [{ owner: '' }, /^owner/],
    [{ owner: 'a\nb' }, /^owner/],
    [{ owner: 7 }, /^owner/],
    [{ owner: 'a'.repeat(121) }, /^owner/],
    [{ note: '' }, /^note/],
    [{ note: 'a\u0000' }, /^note/],
    [{ note: 'a\rb' }, /^note/],
    [{ note: 'a'.repeat(1001) }, /^note/],
  ])('refuses %j', (body, problem) => expect(problemOf(body)).toMatch(problem));
});
