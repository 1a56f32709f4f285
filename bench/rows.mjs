import { paired, summary } from './statistics.mjs';

/** A row of the table: the summary of a figure for each target that has one. `digits` are the decimals. */
export function row(id, title, byTarget, digits = 0) {
  const values = Object.fromEntries(Object.entries(byTarget).map(([target, list]) => [target, summary(list)]));
  return { id, title, digits, values };
}

/** A figure divided by that of a reference target, paired by round. Empty without the reference target. */
export function ratioRow(id, title, byTarget, reference, combine) {
  const referenceValues = byTarget[reference];
  if (!referenceValues) return { id, title, digits: 2, values: {} };
  const others = Object.entries(byTarget).filter(([target]) => target !== 'direct');
  return row(
    id,
    title,
    Object.fromEntries(others.map(([name, values]) => [name, paired(values, referenceValues, combine)])),
    2,
  );
}

/** What each target adds to the direct connection, paired by round. */
export function addedToDirect(byTarget) {
  const others = Object.entries(byTarget).filter(([target]) => target !== 'direct');
  return Object.fromEntries(
    others.map(([name, values]) => [name, paired(values, byTarget.direct, (through, direct) => through - direct)]),
  );
}
