import { FAILURE_ENDS } from '../event/failure.ends.js';
import { FIGURES, type FigureName } from '../../openai/usage/usage.record.js';
import type { Fold } from './event.draft.js';
import type { EventDatabase } from './event.database.js';
import { addStatement, PROJECTS, QUARTERS, SUM, SUM_COLUMNS, type SumTable } from './usage.columns.js';

interface SumRow {
  /** In the order of the keys of its table. */
  readonly key: readonly (number | string)[];
  /** In the order of SUM_COLUMNS. */
  readonly sums: number[];
}

interface Row extends SumRow {
  readonly key: readonly [number, string, string, string, string, string];
}

/** Few sizes of statements, so that they are prepared once. */
const ROWS_A_STATEMENT = [64, 8, 1];
const ENDED: ReadonlyMap<string, number> = new Map(FAILURE_ENDS.map((end, at) => [end, SUM.ended + at]));
const PLACES: ReadonlyMap<string, number> = new Map(FIGURES.map((name, at) => [name, SUM.figures + at]));

/** Sums of usage in memory, by quarter hour, project, token, model, route and tier. */
export class QuarterSums {
  private readonly rows = new Map<string, Row>();
  /** By token, the row of its last event: most events go there, and a key as text costs more than the whole addition. */
  private readonly latest = new Map<string, Row>();

  get size(): number {
    return this.rows.size;
  }

  add(fold: Fold): void {
    const { sums } = this.row(fold);
    sums[SUM.requests]! += fold.requests;
    if (fold.isError) sums[SUM.errors]! += 1;
    if (fold.end !== undefined) sums[ENDED.get(fold.end)!]! += 1;
    if (fold.isUnknown) sums[SUM.unknown]! += 1;
    if (fold.isUnpriced) sums[SUM.unpriced]! += 1;
    if (fold.usage === 'estimated') addEstimate(sums, fold);
    else addFigures(sums, fold);
  }

  addAll(folds: Iterable<Fold>): void {
    for (const fold of folds) this.add(fold);
  }

  /** Adds the rows of `other`. */
  merge(other: QuarterSums): void {
    for (const [text, { key, sums }] of other.rows) {
      const row = this.rows.get(text);
      if (row) addTo(row.sums, sums);
      else this.rows.set(text, { key, sums: [...sums] });
    }
  }

  /** Adds the rows to the tables, in the order of their keys: two processes lock them in the same order. */
  async write(transaction: EventDatabase): Promise<void> {
    const sorted = [...this.rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    await writeRows(transaction, QUARTERS, sorted);
    if (transaction.dialect === 'sqlite') await writeRows(transaction, PROJECTS, sumsByProject(sorted));
  }

  private row(fold: Fold): Row {
    const last = this.latest.get(fold.tokenId);
    if (last && isOf(last, fold)) return last;
    const row = this.rowOfKey(fold);
    this.latest.set(fold.tokenId, row);
    return row;
  }

  private rowOfKey({ quarter, projectId, tokenId, model, route, tier }: Fold): Row {
    const text = `${quarter}\t${projectId}\t${tokenId}\t${model}\t${route}\t${tier}`;
    let row = this.rows.get(text);
    if (row === undefined) {
      row = {
        key: [quarter, projectId, tokenId, model, route, tier],
        sums: Array.from<number>({ length: SUM_COLUMNS.length }).fill(0),
      };
      this.rows.set(text, row);
    }
    return row;
  }
}

async function writeRows(transaction: EventDatabase, table: SumTable, rows: readonly SumRow[]): Promise<void> {
  let at = 0;
  for (const size of ROWS_A_STATEMENT)
    for (; rows.length - at >= size; at += size) {
      const parameters = rows.slice(at, at + size).flatMap(({ key, sums }) => [...key, ...sums]);
      await transaction.execute(addStatement(transaction.dialect, table, size), parameters);
    }
}

/** Rows of the same quarter hour and project follow each other. */
function sumsByProject(sorted: readonly Row[]): SumRow[] {
  const found: SumRow[] = [];
  for (const { key, sums } of sorted) {
    const last = found.at(-1);
    if (last && last.key[0] === key[0] && last.key[1] === key[1]) addTo(last.sums, sums);
    else found.push({ key: key.slice(0, 2), sums: [...sums] });
  }
  return found;
}

function addTo(sums: number[], more: readonly number[]): void {
  more.forEach((value, at) => (sums[at]! += value));
}

/** The token is the same. */
const isOf = ({ key }: Row, { quarter, projectId, model, route, tier }: Fold): boolean =>
  key[0] === quarter && key[3] === model && key[4] === route && key[5] === tier && key[1] === projectId;

function addEstimate(sums: number[], { figures, costNanoUsd }: Fold): void {
  sums[SUM.estimated]! += 1;
  sums[SUM.estimatedCost]! += costNanoUsd;
  sums[SUM.estimatedInput]! += Math.round(figures.input ?? 0);
  sums[SUM.estimatedOutput]! += Math.round(figures.output ?? 0);
}

function addFigures(sums: number[], { figures, costNanoUsd }: Fold): void {
  sums[SUM.cost]! += costNanoUsd;
  // An event has few of the figures.
  for (const name in figures) {
    const value = figures[name as FigureName];
    if (value !== undefined) sums[PLACES.get(name)!]! += Math.round(name === 'seconds' ? value * 1000 : value);
  }
}
