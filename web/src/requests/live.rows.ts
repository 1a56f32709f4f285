import type { RequestRow } from '../api/types';

/** Rows that are kept, on the page and waiting. */
export const KEEP = 200;

/** The rows with the new ones before them. `fresh` is in the order of their arrival; a row that is there already is not put in again. */
export function withFresh(rows: readonly RequestRow[], fresh: readonly RequestRow[]): RequestRow[] {
  const known = new Set(rows.map(({ id }) => id));
  const added: RequestRow[] = [];
  for (const row of fresh) {
    if (known.has(row.id)) continue;
    known.add(row.id);
    added.push(row);
  }
  return added.length === 0 ? [...rows] : [...added.toReversed(), ...rows].slice(0, KEEP);
}

/** The newest of what waits to be shown. */
export const queued = (waiting: readonly RequestRow[], row: RequestRow): RequestRow[] => [...waiting, row].slice(-KEEP);
