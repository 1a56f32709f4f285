import { paired, summary } from './statistics.mjs';

/** One line of the table: a figure, and its summary for each target that has one. `digits` are those after the point. */
export function row(id, title, byTarget, digits = 0) {
  const values = Object.fromEntries(Object.entries(byTarget).map(([target, list]) => [target, summary(list)]));
  return { id, title, digits, values };
}

/** The same figure over a yardstick's, paired by round. Empty when the yardstick is not there. */
export function ratioRow(id, title, byTarget, yardstick, combine) {
  const against = byTarget[yardstick];
  if (!against) return { id, title, digits: 2, values: {} };
  const others = Object.entries(byTarget).filter(([target]) => target !== 'direct');
  return row(
    id,
    title,
    Object.fromEntries(others.map(([name, values]) => [name, paired(values, against, combine)])),
    2,
  );
}

/** What each target adds to the direct way, paired by round. */
export function addedToDirect(byTarget) {
  const others = Object.entries(byTarget).filter(([target]) => target !== 'direct');
  return Object.fromEntries(
    others.map(([name, values]) => [name, paired(values, byTarget.direct, (through, direct) => through - direct)]),
  );
}
