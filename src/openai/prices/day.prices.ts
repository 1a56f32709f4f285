import type { PriceEntry, Tier } from './price.document.js';
import { TOOL_UNITS, type Unit, UNITS } from './price.units.js';

/** A price of one unit. */
export interface Price {
  readonly picoUsd: number;
  /** The first day on which it holds. */
  readonly from: string;
  /** It holds for requests with more input tokens than this. */
  readonly above: number;
}

const IS_TOOL: ReadonlySet<Unit> = new Set(TOOL_UNITS);
const IMAGE_UNITS: readonly Unit[] = ['image_input', 'image_cached', 'image_output'];

/** A price as a list shows it. */
export interface PriceRow extends Price {
  readonly unit: Unit;
}

/** The prices of one model in one tier on one day. */
export class DayPrices {
  /** The newest date of these prices; undefined when the model has none in this tier on this day. */
  readonly newest: string | undefined;
  /** False when the list has pictures of this model at prices of their own. Without them they cost what text does. */
  readonly billsImagesAsText: boolean;
  /** The prices of a unit, from the highest step down. */
  private readonly own: ReadonlyMap<Unit, readonly Price[]>;
  private readonly standard: ReadonlyMap<Unit, readonly Price[]>;
  private readonly tools: ReadonlyMap<Unit, readonly Price[]>;

  /** `entries` are those of the model, `everyModel` those of EVERY_MODEL. */
  constructor(entries: readonly PriceEntry[], everyModel: readonly PriceEntry[], tier: Tier, day: string) {
    this.standard = pricesOf(entries, 'default', day);
    this.own = tier === 'default' ? this.standard : pricesOf(entries, tier, day);
    this.tools = pricesOf(everyModel, 'default', day);
    this.newest = [...this.own.values()]
      .flat()
      .map(({ from }) => from)
      .toSorted()
      .at(-1);
    this.billsImagesAsText = !IMAGE_UNITS.some((unit) => this.own.has(unit));
  }

  /** All of them, from the lowest step up. */
  get rows(): readonly PriceRow[] {
    return [...this.own].flatMap(([unit, prices]) => prices.toReversed().map((price) => ({ unit, ...price })));
  }

  /** Undefined when there is no price for a request of this many input tokens. */
  of(unit: Unit, inputTokens: number): Price | undefined {
    if (IS_TOOL.has(unit))
      return stepOf(this.standard.get(unit), inputTokens) ?? stepOf(this.tools.get(unit), inputTokens);
    const price = stepOf(this.own.get(unit), inputTokens);
    if (this.own === this.standard) return price;
    // A tier that does not follow the step of the default tier does not take such long requests: its price is unknown.
    return price !== undefined && price.above >= (stepOf(this.standard.get(unit), inputTokens)?.above ?? 0)
      ? price
      : undefined;
  }
}

/** A loop: a closure for each unit of each event costs more. */
function stepOf(prices: readonly Price[] | undefined, inputTokens: number): Price | undefined {
  if (prices !== undefined)
    for (const price of prices) if (inputTokens > price.above || price.above === 0) return price;
  return undefined;
}

/** Of each unit and step, the newest price that holds on this day; among those of one date the last of the list. */
function pricesOf(entries: readonly PriceEntry[], tier: Tier, day: string): ReadonlyMap<Unit, readonly Price[]> {
  const held = entries.filter((entry) => (entry.tier ?? 'default') === tier && entry.from <= day);
  const newestFirst = held.toReversed().toSorted((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : 0));
  return new Map(UNITS.flatMap((unit) => stepsOf(unit, newestFirst)));
}

function stepsOf(unit: Unit, newestFirst: readonly PriceEntry[]): [Unit, readonly Price[]][] {
  const steps = new Map<number, Price>();
  for (const { [unit]: picoUsd, from, above = 0 } of newestFirst)
    if (picoUsd !== undefined && !steps.has(above)) steps.set(above, { picoUsd, from, above });
  return steps.size === 0 ? [] : [[unit, [...steps.values()].toSorted((a, b) => b.above - a.above)]];
}
