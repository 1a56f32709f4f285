import { describe, expect, it } from 'vitest';
import { isToken, matches } from './palette.search';

describe('isToken', () => {
  it.each([
    [`sk-wt-${'a1B'.repeat(14)}`, true],
    [` sk-wt-${'a'.repeat(44)}\n`, true],
    ['sk-wt-AbCd…wXyZ', true],
    ['sk-wt-AbCd...wXyZ', true],
    ['sk-wt-', false],
    ['sk-wt-AbCd', false],
    ['nightly report', false],
  ])('of %j is %s', (text, expected) => {
    expect(isToken(text)).toBe(expected);
  });
});

describe('matches', () => {
  it.each([
    ['Usage & cost', 'cost us', true],
    ['Create a token', '', true],
    ['Create a token', 'project', false],
  ])('%s by %j: %s', (name, text, expected) => {
    expect(matches(name, text)).toBe(expected);
  });
});
