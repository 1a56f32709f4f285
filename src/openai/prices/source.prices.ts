import type { PriceEntry, Tier } from './price.document.js';
import { type Unit, UNITS } from './price.units.js';

/** The date of prices whose first day is not published. */
export const UNDATED = '2020-01-01';

/** What a published list says of the models of OpenAI. */
export interface SourcePrices {
  /** Other names and patterns by model. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  readonly prices: readonly PriceEntry[];
}

/** A JSON object. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A price or a count; undefined for anything else. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/** Whole pico-dollars of a price in dollars for this many units; undefined when it is no price. */
export const picoOf = (dollars: unknown, scale: number): number | undefined => {
  const number = numberOf(dollars);
  return number === undefined ? undefined : Math.round(number * scale);
};

/** Without what is the default, its units in the order of the list. */
export function entryOf(
  { model, tier = 'default', from, above }: { model: string; tier?: Tier; from: string; above: number },
  units: Partial<Record<Unit, number>>,
): PriceEntry {
  const ordered = UNITS.filter((unit) => units[unit] !== undefined).map((unit) => [unit, units[unit]]);
  return {
    model,
    ...(tier !== 'default' && { tier }),
    from,
    ...(above > 0 && { above }),
    ...(Object.fromEntries(ordered) as Partial<Record<Unit, number>>),
  };
}
