import type { PriceEntry, Tier } from './price.document.js';
import type { PriceList } from './price.list.js';
import { type Unit, UNITS } from './price.units.js';
import { UNDATED } from './source.prices.js';

/** What an import would do. */
export interface PriceImport {
  /** To be appended to the file, in its order. */
  readonly added: readonly PriceEntry[];
  /** Prices that the list has already. */
  readonly unchanged: number;
  /** Other prices for a date on which the list has a price of the same or a later date: entries are never changed. */
  readonly older: number;
}

/** One price of a source. */
interface SourceRow {
  readonly model: string;
  readonly tier: Tier;
  readonly from: string;
  readonly above: number;
  readonly unit: Unit;
  readonly picoUsd: number;
}

type Verdict = 'added' | 'unchanged' | 'older';

/**
 * The newest prices of `source` that `list` does not have on `day`. Prices without a date of their own begin on that day.
 */
export function importPrices(list: PriceList, source: readonly PriceEntry[], day: string): PriceImport {
  const rows = newestOf(source).map((row) => ({ ...row, from: row.from === UNDATED ? day : row.from }));
  const counts = { added: 0, unchanged: 0, older: 0 };
  const added: SourceRow[] = [];
  for (const model of new Set(rows.map((row) => row.model))) {
    const ofModel = rows.filter((row) => row.model === model);
    const verdicts = ofModel.map((row) => verdictOf(list, row, day));
    // A name of its own takes no other prices from the model that it belonged to, so it needs all of them.
    const isSplit = verdicts.includes('added') && list.nameOf(model) !== model;
    for (const [index, row] of ofModel.entries()) {
      const verdict = isSplit ? 'added' : verdicts[index]!;
      counts[verdict] += 1;
      if (verdict === 'added') added.push(row);
    }
  }
  return { added: entriesOf(added), unchanged: counts.unchanged, older: counts.older };
}

/** Of each price the one with the latest date. */
function newestOf(source: readonly PriceEntry[]): SourceRow[] {
  const newest = new Map<string, SourceRow>();
  for (const entry of source) {
    const { model, tier = 'default', from, above = 0 } = entry;
    for (const unit of UNITS) {
      const picoUsd = entry[unit];
      const key = `${model} ${tier} ${above} ${unit}`;
      const before = newest.get(key);
      if (picoUsd !== undefined && !(before !== undefined && before.from > from))
        newest.set(key, { model, tier, from, above, unit, picoUsd });
    }
  }
  return [...newest.values()];
}

function verdictOf(list: PriceList, { model, tier, from, above, unit, picoUsd }: SourceRow, day: string): Verdict {
  const name = list.nameOf(model);
  if (name === undefined) return 'added';
  const on = from > day ? from : day;
  const price = list.pricesOn(name, tier, on).of(unit, above + 1);
  if (price === undefined || price.above !== above) return 'added';
  if (price.picoUsd === picoUsd) return 'unchanged';
  return price.from < from || name !== model ? 'added' : 'older';
}

/** Rows of one model, tier, date and step as one entry. */
function entriesOf(rows: readonly SourceRow[]): PriceEntry[] {
  const entries = new Map<string, PriceEntry>();
  for (const { model, tier, from, above, unit, picoUsd } of rows) {
    const key = `${model} ${tier} ${from} ${above}`;
    const place = { model, ...(tier !== 'default' && { tier }), from, ...(above > 0 && { above }) };
    entries.set(key, { ...(entries.get(key) ?? place), [unit]: picoUsd });
  }
  return [...entries.values()];
}
