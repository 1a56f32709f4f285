import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.js';

describe(parseDuration.name, () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['1m30s250ms', 90_250],
    ['30d', 2_592_000_000],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', ' ', '5', '5 s', '-5s', '+5s', '5S', '5sec', 's', '1e3s', '.5s', '5.s', '5s ', '5s\n', 'NaN', '∞'])(
    'reads nothing in %j',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );
});
