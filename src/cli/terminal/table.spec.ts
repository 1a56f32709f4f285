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

describe('a table on a screen', () => {
  const screen = (width: number | undefined) => ({ width, nowMs: 0, paint: (_: unknown, text: string) => text });
  const rows = [['8c1d2f0e', 'a long name of a project', 'https://example.com']];
  const at = (width: number | undefined): string => table(['ID', 'NAME', 'URL'], rows, screen(width), ['NAME']);

  it.each([
    [undefined, '8c1d2f0e  a long name of a project  https://example.com'],
    [80, '8c1d2f0e  a long name of a project  https://example.com'],
    [46, '8c1d2f0e  a long name of…  https://example.com'],
    [35, '8c1d2f0e  a long …  https://exampl…'],
    [12, '8…  a …  ht…'],
  ])('of %s columns is %s', (width, line) => {
    expect(at(width).split('\n')[1]).toBe(line);
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
