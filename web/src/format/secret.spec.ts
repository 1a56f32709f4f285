import { describe, expect, it } from 'vitest';
import { isSecret, isToken, isWholeSecret } from './secret';

describe('isToken', () => {
  it.each([
    [`sk-wt-${'a1B'.repeat(14)}`, true],
    [` sk-wt-${'a'.repeat(44)}\n`, true],
    ['sk-wt-AbCd…wXyZ', true],
    ['sk-wt-AbCd...wXyZ', true],
    [`sk-${'a'.repeat(44)}`, false],
    ['sk-wt-', false],
    ['sk-wt-AbCd', false],
    ['nightly report', false],
  ])('of %j is %s', (text, expected) => {
    expect(isToken(text)).toBe(expected);
  });
});

describe('isSecret', () => {
  it.each([
    ['sk-short', true],
    ['SK-SHORT', true],
    ['the key sk-short of ana', true],
    [`OPENAI_API_KEY=sk-${'a'.repeat(40)}`, true],
    [`"sk-wt-${'a'.repeat(44)}"`, true],
    ['Bearer sk-short', true],
    [`xsk-wt-${'a'.repeat(44)}`, true],
    ['sk-wt-AbCd…wXyZ', false],
    ['sk-…wXyZ revoked', false],
    ['task-list', false],
    ['task-admin-tool', false],
    ['', false],
  ])('of %j is %s', (text, expected) => {
    expect(isSecret(text)).toBe(expected);
  });
});

describe('isWholeSecret', () => {
  it.each([
    [`sk-${'a'.repeat(20)}`, true],
    [` sk-proj-${'a'.repeat(40)} `, true],
    ['sk-short', false],
    ['sk-wt-AbCd…wXyZ', false],
  ])('of %j is %s', (text, expected) => {
    expect(isWholeSecret(text)).toBe(expected);
  });
});
