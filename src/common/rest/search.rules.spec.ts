import { describe, expect, it } from 'vitest';
import { idRange } from './search.rules.js';

const ID = '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10';

describe(idRange.name, () => {
  it.each([8, 9, 20, 35, 36])('spans the ids that begin with %i characters of one, in any case', (length) => {
    const { idFrom, idTo } = idRange(ID.slice(0, length).toUpperCase())!;
    expect([idFrom <= ID, ID <= idTo, idFrom.length, idTo.length]).toEqual([true, true, 36, 36]);
    expect([idFrom.startsWith(ID.slice(0, length)), idTo.startsWith(ID.slice(0, length))]).toEqual([true, true]);
  });

  it.each(['', '3d2f8a5', 'nightly-job', `${ID}0`, '3d2f8a54%'])('is absent for "%s"', (text) => {
    expect(idRange(text)).toBeUndefined();
  });
});
