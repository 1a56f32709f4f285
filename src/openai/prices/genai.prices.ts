import type { PriceEntry } from './price.document.js';
import type { Unit } from './price.units.js';
import { entryOf, isMap, numberOf, picoOf, type SourcePrices, UNDATED } from './source.prices.js';

/** From dollars for a million tokens. */
const PICO_PER_MILLION = 1e6;
/** From dollars for a thousand uses. */
const PICO_PER_THOUSAND = 1e9;
/** From dollars for an hour. */
const PICO_PER_HOUR = 1e12 / 3600;

const GENAI_UNITS: readonly (readonly [field: string, unit: Unit, scale: number])[] = [
  ['input_mtok', 'input', PICO_PER_MILLION],
  ['cache_read_mtok', 'cached', PICO_PER_MILLION],
  ['cache_write_mtok', 'cache_write_30m', PICO_PER_MILLION],
  ['output_mtok', 'output', PICO_PER_MILLION],
  ['input_audio_mtok', 'audio_input', PICO_PER_MILLION],
  ['cache_audio_read_mtok', 'audio_cached', PICO_PER_MILLION],
  ['output_audio_mtok', 'audio_output', PICO_PER_MILLION],
  ['input_image_mtok', 'image_input', PICO_PER_MILLION],
  ['cache_image_read_mtok', 'image_cached', PICO_PER_MILLION],
  ['output_image_mtok', 'image_output', PICO_PER_MILLION],
  ['audio_hours', 'second', PICO_PER_HOUR],
  ['web_searches_kcount', 'web_search', PICO_PER_THOUSAND],
  ['storage_searches_kcount', 'file_search', PICO_PER_THOUSAND],
];

/** The prices of a list of genai-prices: its providers, or the provider `openai` alone. Undefined when it is none. */
export function genaiPrices(json: unknown): SourcePrices | undefined {
  const providers = (Array.isArray(json) ? json : [json]) as unknown[];
  const openai = providers.find((each) => isMap(each) && each['id'] === 'openai' && Array.isArray(each['models']));
  if (!isMap(openai)) return undefined;
  const models = (openai['models'] as unknown[]).filter(isMap).filter(({ id }) => typeof id === 'string');
  return {
    models: Object.fromEntries(models.map((model) => [model['id'] as string, namesOf(model['match'], model['id'])])),
    prices: models.flatMap((model) => genaiEntries(model['id'] as string, model['prices'])),
  };
}

/** The names of a rule of genai-prices. A regular expression is left out: those of dated names are needless here. */
function namesOf(rule: unknown, own: unknown): string[] {
  if (!isMap(rule)) return [];
  const { or, equals, starts_with: start, ends_with: end, contains: part } = rule;
  if (Array.isArray(or)) return [...new Set(or.flatMap((each) => namesOf(each, own)))];
  if (typeof equals === 'string') return equals === own ? [] : [equals];
  if (typeof start === 'string') return [`${start}*`];
  if (typeof end === 'string') return [`*${end}`];
  return typeof part === 'string' ? [`*${part}*`] : [];
}

function genaiEntries(model: string, prices: unknown): PriceEntry[] {
  const dated = (Array.isArray(prices) ? prices : [{ prices }]) as unknown[];
  return dated.filter(isMap).flatMap(({ constraint, prices: fields }) => {
    const start = isMap(constraint) ? constraint['start_date'] : UNDATED;
    // A price of some hours of a day is not one that this list can hold.
    return typeof start === 'string' && isMap(fields) ? genaiSteps(model, start, fields) : [];
  });
}

function genaiSteps(model: string, from: string, fields: Readonly<Record<string, unknown>>): PriceEntry[] {
  const steps = new Map<number, Partial<Record<Unit, number>>>();
  const add = (above: number, unit: Unit, picoUsd: number | undefined): void => {
    if (picoUsd !== undefined) steps.set(above, { ...steps.get(above), [unit]: picoUsd });
  };
  for (const [field, unit, scale] of GENAI_UNITS) {
    const price = fields[field];
    add(0, unit, picoOf(isMap(price) ? price['base'] : price, scale));
    const tiers = isMap(price) && Array.isArray(price['tiers']) ? (price['tiers'] as unknown[]).filter(isMap) : [];
    for (const tier of tiers) add(numberOf(tier['start']) ?? 0, unit, picoOf(tier['price'], scale));
  }
  return [...steps].map(([above, units]) => entryOf({ model, from, above }, units));
}
