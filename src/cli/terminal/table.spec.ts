import { describe, expect, it } from 'vitest';
import { fields, table } from './table.js';

describe(table.name, () => {
  it('aligns columns and ends lines without blanks', () => {
    expect(
      table(
        ['ID', 'NAME'],
        [
          ['1', null],
          ['22', 'b'],
          [3, undefined],
        ],
      ),
    ).toBe('ID  NAME\n1   -\n22  b\n3   -');
  });
});

describe(fields.name, () => {
  it('aligns values', () => {
    expect(
      fields([
        ['Id', 'x'],
        ['Expires at', ''],
      ]),
    ).toBe('Id:         x\nExpires at: -');
  });
});
