/** The number of edits (insert, delete, replace, swap two neighbours) between two words: optimal string alignment distance. */
export function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replace, swap));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

const MAX_EDITS = 2;
const MIN_LENGTH = 6;

/** Whether one word is probably a misspelling of the other. Lengths are compared first: edits are costly to count. */
export const isNear = (a: string, b: string): boolean =>
  Math.abs(a.length - b.length) <= MAX_EDITS && distance(a, b) <= MAX_EDITS;

/** The known name of which `name` is probably a misspelling; undefined when it is known, short, or similar to none. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name) || name.length < MIN_LENGTH) return undefined;
  return known.find((candidate) => isNear(name, candidate));
}
