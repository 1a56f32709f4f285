import { describe, expect, it } from 'vitest';
import { changeOf } from './change';

describe(changeOf, () => {
  it.each([
    [110, 100, { isUp: true, text: '10 %' }],
    [91, 100, { isUp: false, text: '9 %' }],
    [100, 100, { isUp: true, text: '0 %' }],
    [1200, 100, { isUp: true, text: '1,100 %' }],
    [5, 0, undefined],
    [null, 5, undefined],
    [5, null, undefined],
  ])('from %s against %s', (now, before, expected) => {
    expect(changeOf(now, before)).toEqual(expected);
  });
});
