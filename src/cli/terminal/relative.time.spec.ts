import { describe, expect, it } from 'vitest';
import { relativeTime } from './relative.time.js';

const NOW = Date.parse('2026-06-15T12:00:00Z');

describe(relativeTime.name, () => {
  it.each([
    ['2026-06-15T12:00:00.000Z', 'just now'],
    ['2026-06-15T11:59:30.000Z', 'just now'],
    ['2026-06-15T12:00:59.000Z', 'in < 1 min'],
    ['2026-06-15T12:05:30.000Z', 'in 5 min'],
    ['2026-06-15T10:00:00.000Z', '2 h ago'],
    ['2026-06-17T11:00:00.000Z', 'in 47 h'],
    ['2026-06-18T12:00:00.000Z', 'in 3 days'],
    ['2026-06-13T12:00:00.000Z', '2 days ago'],
    ['2026-09-15T12:00:00.000Z', 'in 3 months'],
    ['2029-06-15T12:00:00.000Z', 'in 3 years'],
  ])('%s is %s', (time, words) => {
    expect(relativeTime(time, NOW)).toBe(words);
  });
});
