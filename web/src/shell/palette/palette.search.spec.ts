import { describe, expect, it } from 'vitest';
import { matches } from './palette.search';

describe('matches', () => {
  it.each([
    ['Usage & cost', 'cost us', true],
    ['Create a token', '', true],
    ['Create a token', 'project', false],
  ])('%s by %j: %s', (name, text, expected) => {
    expect(matches(name, text)).toBe(expected);
  });
});
