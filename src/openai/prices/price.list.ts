import type { Figures, ToolFigures } from '../usage/usage.record.js';
import { DayPrices } from './day.prices.js';
import { nanoUsdOf } from './nano.usd.js';
import { PriceCatalogue, type Priced } from './price.catalogue.js';
import { EVERY_MODEL, type PriceDocument, type PriceEntry, type Tier, TIERS } from './price.document.js';
import { PriceNames } from './price.names.js';
import { type Billed, billedOf, type Unit } from './price.units.js';

/** Days × tiers × models whose prices are kept ready. */
const MAX_COMPILED = 1000;
/** Of a `Date`. */
const LAST_INSTANT = 8.64e15;
const isTier = (text: string): text is Tier => (TIERS as readonly string[]).includes(text);

/** A price list in memory. It needs nothing of Nest, so that workers and commands can use it too. */
export class PriceList extends PriceCatalogue {
  readonly asOf: string;
  /** The names of the list, sorted. */
  readonly names: readonly string[];
  private readonly entries: ReadonlyMap<string, readonly PriceEntry[]>;
  private readonly known: PriceNames;
  private readonly compiled = new Map<string, DayPrices>();
  /** By name, what was asked for last: a key as text costs more than all else of a price. */
  private readonly last = new Map<string, { readonly tier: Tier; readonly day: string; readonly prices: DayPrices }>();

  /** `document` must be valid. */
  constructor(document: PriceDocument) {
    super();
    this.entries = byModel(document.prices);
    this.names = [...this.entries.keys()].filter((name) => name !== EVERY_MODEL).toSorted();
    this.known = new PriceNames(this.names, document.models ?? {});
    this.asOf = latest(document.prices.map(({ from }) => from));
  }

  nameOf(model: string): string | undefined {
    return this.known.find(model);
  }

  /** The entries of a name of the list, in the order of the list. */
  entriesOf(name: string): readonly PriceEntry[] {
    return this.entries.get(name) ?? [];
  }

  cost(
    call: { readonly model: string; readonly tier: string; readonly figures: Figures; readonly tools?: ToolFigures },
    at: number,
  ): Priced | undefined {
    const name = this.nameOf(call.model);
    if (name === undefined || !isTier(call.tier) || !(Math.abs(at) <= LAST_INSTANT)) return undefined;
    const billed = billedOf(call.figures, call.tools);
    return billed && priceOf(billed, this.pricesOn(name, call.tier, dayOf(at)), call.figures.input ?? 0);
  }

  /** The prices of a name of the list in one tier, on a day such as `2026-07-30`. */
  pricesOn(name: string, tier: Tier, day: string): DayPrices {
    const last = this.last.get(name);
    if (last?.day === day && last.tier === tier) return last.prices;
    const prices = this.compiledOn(name, tier, day);
    this.last.set(name, { tier, day, prices });
    return prices;
  }

  private compiledOn(name: string, tier: Tier, day: string): DayPrices {
    const key = `${day} ${tier} ${name}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const prices = new DayPrices(this.entriesOf(name), this.entriesOf(EVERY_MODEL), tier, day);
    if (this.compiled.size >= MAX_COMPILED) this.compiled.clear();
    this.compiled.set(key, prices);
    return prices;
  }
}

function priceOf(billed: Billed, prices: DayPrices, inputTokens: number): Priced | undefined {
  const { newest } = prices;
  if (newest === undefined) return undefined;
  const units = hasImages(billed) && prices.billsImagesAsText ? imagesAsText(billed) : billed;
  const charges: { count: number; picoUsd: number }[] = [];
  let version = '';
  for (const unit in units) {
    const price = prices.of(unit as Unit, inputTokens);
    if (price === undefined) return undefined;
    charges.push({ count: units[unit as Unit]!, picoUsd: price.picoUsd });
    if (price.from > version) version = price.from;
  }
  const nanoUsd = nanoUsdOf(charges);
  return nanoUsd === undefined ? undefined : { nanoUsd, version: version === '' ? newest : version };
}

const hasImages = ({ image_input: input, image_cached: cached, image_output: output }: Billed): boolean =>
  input !== undefined || cached !== undefined || output !== undefined;

function imagesAsText(billed: Billed): Billed {
  const { image_input: input = 0, image_cached: cached = 0, image_output: output = 0, ...rest } = billed;
  const added = { input, cached, output };
  const sums = Object.entries(added).map(([unit, count]) => [unit, (rest[unit as keyof typeof added] ?? 0) + count]);
  return { ...rest, ...Object.fromEntries(sums.filter(([, count]) => (count as number) > 0)) };
}

function byModel(entries: readonly PriceEntry[]): ReadonlyMap<string, readonly PriceEntry[]> {
  const models = new Map<string, PriceEntry[]>();
  for (const entry of entries) {
    const known = models.get(entry.model);
    if (known) known.push(entry);
    else models.set(entry.model, [entry]);
  }
  return models;
}

const latest = (dates: readonly string[]): string => dates.reduce((last, date) => (date > last ? date : last), '');

/** The UTC day of an instant in milliseconds. */
function dayOf(at: number): string {
  const number = Math.floor(at / DAY_MS);
  if (number !== lastDay) {
    lastDay = number;
    lastDayText = new Date(at).toISOString().slice(0, 10);
  }
  return lastDayText;
}

const DAY_MS = 86_400_000;
/** Of the last call: prices are asked for in the order of time. */
let lastDay = Number.NaN;
let lastDayText = '';
