import { cutDisplay, displayWidth, padDisplay } from './display.width.js';
import { printable, type Screen } from './terminal.js';

export type Cell = string | number | null | undefined;

const GAP = '  ';
const ABSENT = '-';
/** A column that is cut keeps at least this width. */
const MIN_WIDTH = 8;

const text = (value: Cell): string =>
  value === null || value === undefined || value === '' ? ABSENT : printable(String(value));

/** Rows under headings, in aligned columns. On a screen the table is cut to its width: `flexible` columns first. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  screen?: Screen,
  flexible: readonly string[] = [],
): string {
  const lines = [headings, ...rows.map((row) => row.map(text))];
  const natural = headings.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column] ?? ''))));
  const widths = screen?.width === undefined ? natural : fitted(natural, headings, screen.width, flexible);
  const [head = '', ...body] = lines.map((line) => joined(line, widths));
  return [screen ? screen.paint('bold', head) : head, ...body].join('\n');
}

function joined(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => padDisplay(cutDisplay(cell, widths[column] ?? 0), widths[column] ?? 0))
    .join(GAP)
    .trimEnd();
}

/** Takes columns from the widest cell until the line fits, from the flexible ones as long as they have any to give. */
function fitted(
  natural: readonly number[],
  headings: readonly string[],
  width: number,
  flexible: readonly string[],
): number[] {
  const widths = [...natural];
  const all = widths.map((_, column) => column);
  const soft = all.filter((column) => flexible.includes(headings[column]!));
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1) - width;
  for (; excess > 0; excess -= 1) {
    const column = widest(widths, soft, MIN_WIDTH) ?? widest(widths, all, 1);
    if (column === undefined) break;
    widths[column]! -= 1;
  }
  return widths;
}

/** The widest of these columns that is wider than `min`. */
const widest = (widths: readonly number[], columns: readonly number[], min: number): number | undefined =>
  columns.filter((column) => widths[column]! > min).toSorted((a, b) => widths[b]! - widths[a]!)[0];

/** One line per field, `Label: value`, with aligned values. */
export function fields(pairs: readonly (readonly [label: string, value: Cell])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length)) + 1;
  return pairs.map(([label, value]) => `${`${label}:`.padEnd(width)} ${text(value)}`).join('\n');
}

export const yesNo = (flag: boolean): string => (flag ? 'yes' : 'no');
