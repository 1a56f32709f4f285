import { printable } from './terminal.js';

type Cell = string | number | null | undefined;

const GAP = '  ';
const ABSENT = '-';

const text = (value: Cell): string =>
  value === null || value === undefined || value === '' ? ABSENT : printable(String(value));

/** Rows under headings, in aligned columns. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map(text))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** One line per field, `Label: value`, with aligned values. */
export function fields(pairs: readonly (readonly [label: string, value: Cell])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length)) + 1;
  return pairs.map(([label, value]) => `${`${label}:`.padEnd(width)} ${text(value)}`).join('\n');
}

export const yesNo = (flag: boolean): string => (flag ? 'yes' : 'no');
