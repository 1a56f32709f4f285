import { TARGETS } from './targets/targets.mjs';

const number = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : 'n/a');

/** `1.67 ±0.04`: the median and half the interquartile range. */
function cell({ digits }, value) {
  if (value === undefined) return '';
  const spread = (value.high - value.low) / 2;
  return value.rounds > 1 ? `${number(value.median, digits)} ±${number(spread, digits)}` : number(value.median, digits);
}

/** One line for each figure and one column for each target with a figure. */
export function table(all) {
  const rows = all.filter(({ values }) => Object.keys(values).length > 0);
  const targets = TARGETS.filter((name) => rows.some(({ values }) => values[name]?.rounds > 0));
  return grid([
    ['', ...targets],
    ...rows.map((row) => [row.title, ...targets.map((name) => cell(row, row.values[name]))]),
  ]);
}

/** Columns as wide as their widest cell; the first is aligned left, the others right. */
export function grid(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const padded = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return lines.map((line) => line.map(padded).join('  ').trimEnd()).join('\n');
}

export const machineLines = (machine) =>
  Object.entries(machine)
    .map(([name, value]) => `${name.padEnd(10)} ${value}`)
    .join('\n');

export const goalLines = (goals) =>
  goals
    .map(({ goal, target, value, now, later, reached }) => {
      const verdict = reached ? 'PASS' : 'FAIL';
      return `${verdict}  ${goal}, ${target}: ${value.toFixed(2)}, goal now ≤ ${now}, later ≤ ${later}`;
    })
    .join('\n');
