import { describe, expect, it } from 'vitest';
import { FORMATS } from './formats';

/** 12:33:07 in the viewer's zone, wherever the test runs. */
const at = new Date(2026, 10, 28, 12, 33, 7);

describe('formats of an instant', () => {
  it.each([
    ['ymd_hm', /^2026-11-28 12:33$/],
    ['ymd_hms', /^2026-11-28 12:33:07$/],
    ['ymd_hms_tz', /^2026-11-28 12:33:07 \S+/],
    ['long', /^November 28, 2026 at 12:33\sPM$/],
    ['date_only', /^November 28, 2026$/],
  ] as const)('%s', (name, expected) => {
    expect(FORMATS[name](at)).toMatch(expected);
  });
});
