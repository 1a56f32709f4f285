import { describe, expect, it } from 'vitest';
import { differing, limitOf, listOf, narrowingWords } from './narrowing';

it.each([
  ['', null],
  [' \n , ', null],
  ['gpt-4.1*\n gpt-5, o3 ', ['gpt-4.1*', 'gpt-5', 'o3']],
])('the list %j is %j', (text, entries) => {
  expect(listOf(text)).toEqual(entries);
});

it.each([
  ['', null],
  ['0', null],
  ['7', 7],
])('the limit %j is %j', (text, limit) => {
  expect(limitOf(text)).toEqual(limit);
});

it('a limit that is no number is refused', () => {
  expect(() => limitOf('x')).toThrow('x is not a number.');
});

const WIDE = {
  rate_limit_per_minute: null,
  max_concurrent: null,
  allowed_models: null,
  allowed_endpoints: null,
  allowed_ips: null,
};

describe('in words', () => {
  it('has nothing to say of a token that is bound to nothing', () => {
    expect(narrowingWords(WIDE)).toEqual([]);
  });

  it('has a sentence for each rule', () => {
    const token = {
      rate_limit_per_minute: 1,
      max_concurrent: 2,
      allowed_models: ['gpt-5*', 'o3'],
      allowed_endpoints: ['/v1/responses'],
      allowed_ips: ['10.0.0.0/8'],
    };
    expect(narrowingWords(token)).toEqual([
      'At most 1 request in any minute.',
      'At most 2 at a time.',
      'Only the models gpt-5*, o3.',
      'Only the endpoints /v1/responses.',
      'Only from 10.0.0.0/8.',
    ]);
  });
});

it('sends what differs alone', () => {
  expect(differing({ ...WIDE, allowed_models: ['a'] }, { ...WIDE, allowed_models: ['a'], max_concurrent: 3 })).toEqual({
    max_concurrent: 3,
  });
});
