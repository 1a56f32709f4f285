import { table } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';

/** One price, as `prices show --json` prints it. */
export interface PriceView {
  tier: string;
  above: number;
  unit: string;
  from: string;
  pico_usd: number;
}

export interface ModelPrices {
  model: string;
  /** The name in the list that covers the model. */
  name: string;
  at: string;
  as_of: string;
  prices: PriceView[];
}

export interface AllPrices {
  at: string;
  as_of: string;
  models: { model: string; prices: PriceView[] }[];
}

const PICO = 1e12;
const MILLION = 1e6;
const EACH: ReadonlySet<string> = new Set(['second', 'web_search', 'file_search', 'code_session']);

/** Dollars, without digits that say nothing. */
const dollars = (value: number): string => `$${Number(value.toPrecision(12))}`;

/** `$2 / 1M tokens`, or `$0.01 each`. */
function priceText({ unit, pico_usd: pico }: PriceView): string {
  return EACH.has(unit) ? `${dollars(pico / PICO)} each` : `${dollars((pico / PICO) * MILLION)} / 1M tokens`;
}

export const modelTable = ({ model, name, prices }: ModelPrices, screen: Screen): string =>
  [
    ...(name === model ? [] : [`${model} has the prices of ${name}`]),
    table(
      ['TIER', 'INPUT ABOVE', 'UNIT', 'PRICE', 'FROM'],
      prices.map((price) => [price.tier, price.above || undefined, price.unit, priceText(price), price.from]),
      screen,
    ),
  ].join('\n');

const COLUMNS = ['input', 'cached', 'output'];

export function listTable({ as_of: asOf, models }: AllPrices, screen: Screen): string {
  const rows = models.map(({ model, prices }) => [
    model,
    ...COLUMNS.map((unit) => millionOf(prices.find((price) => isBase(price) && price.unit === unit))),
  ]);
  return `${table(['MODEL', '$ / 1M INPUT', 'CACHED', 'OUTPUT'], rows, screen, ['MODEL'])}\nNewest price: ${asOf}`;
}

const isBase = ({ tier, above }: PriceView): boolean => tier === 'default' && above === 0;
const millionOf = (price: PriceView | undefined): string | undefined =>
  price && dollars((price.pico_usd / PICO) * MILLION).slice(1);
