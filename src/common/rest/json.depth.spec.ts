import { describe, expect, it } from 'vitest';
import { isDeeperThan } from './json.depth.js';

describe(isDeeperThan.name, () => {
  it('counts arrays and objects alike', () => {
    expect(isDeeperThan(1, 'text')).toBe(false);
    expect(isDeeperThan(1, { a: [1] })).toBe(true);
    expect(isDeeperThan(2, { a: [1], b: null })).toBe(false);
    expect(isDeeperThan(2, { a: [{}] })).toBe(true);
  });

  it('BD-06 decides what would exhaust the stack', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(isDeeperThan(8, deep)).toBe(true);
  });
});
