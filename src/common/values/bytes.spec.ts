import { describe, expect, it } from 'vitest';
import { parseBytes } from './bytes.js';

describe(parseBytes.name, () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['10485760', 10_485_760],
    ['12B', 12],
    ['64KB', 65_536],
    ['64kb', 65_536],
    ['10MB', 10_485_760],
    ['1GB', 1_073_741_824],
  ])('reads %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(['', ' ', '-1', '1.5MB', '1 KB', '1K', '1TB', 'KB', '0x10', '1e3', '999999999999999GB', '9999999999999999'])(
    'reads nothing in %j',
    (text) => expect(parseBytes(text)).toBeUndefined(),
  );
});
