import { describe, expect, it } from 'vitest';
import { isToken } from './secret';

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
