import type { PriceEntry, Tier } from './price.document.js';
import type { Unit } from './price.units.js';
import { entryOf, isMap, numberOf, picoOf, type SourcePrices, UNDATED } from './source.prices.js';

const PICO_PER_TOKEN = 1e12;
const LITELLM_UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['input_cost_per_token', 'input'],
  ['cache_read_input_token_cost', 'cached'],
  ['cache_creation_input_token_cost', 'cache_write_30m'],
  ['cache_creation_input_token_cost_above_12hr', 'cache_write_12h'],
  ['output_cost_per_token', 'output'],
  ['input_cost_per_audio_token', 'audio_input'],
  ['cache_read_input_audio_token_cost', 'audio_cached'],
  ['output_cost_per_audio_token', 'audio_output'],
  ['input_cost_per_image_token', 'image_input'],
  ['cache_read_input_image_token_cost', 'image_cached'],
  ['output_cost_per_image_token', 'image_output'],
  ['input_cost_per_second', 'second'],
  ['output_cost_per_video_per_second', 'second'],
]);
const LITELLM_TIERS: Readonly<Record<string, Tier>> = {
  flex: 'flex',
  priority: 'priority',
  batches: 'batch',
  ultrafast: 'ultrafast',
};
/** `input_cost_per_token_above_272k_tokens_flex`: the price, its step and its tier. */
const LITELLM_FIELD = /^(.+?)(?:_above_(\d+)k_tokens)?(?:_(flex|priority|batches|ultrafast))?$/;
const LITELLM_PROVIDERS: ReadonlySet<unknown> = new Set(['openai', 'text-completion-openai']);

/** The prices of a list of LiteLLM. Undefined when it is none. */
export function liteLlmPrices(json: unknown): SourcePrices | undefined {
  if (!isMap(json)) return undefined;
  const ours = Object.entries(json).filter(
    ([name, model]) => isMap(model) && LITELLM_PROVIDERS.has(model['litellm_provider']) && !name.includes('/'),
  );
  if (ours.length === 0) return undefined;
  return {
    models: {},
    prices: ours.flatMap(([name, model]) => liteLlmEntries(name, model as Record<string, unknown>)),
  };
}

function liteLlmEntries(model: string, fields: Readonly<Record<string, unknown>>): PriceEntry[] {
  const places = new Map<string, { tier: Tier; above: number; units: Partial<Record<Unit, number>> }>();
  for (const [field, value] of Object.entries(fields)) {
    const [, price = '', step, suffix] = LITELLM_FIELD.exec(field) ?? [];
    const unit = LITELLM_UNITS.get(price);
    const picoUsd = picoOf(value, PICO_PER_TOKEN);
    if (unit === undefined || picoUsd === undefined || (unit === 'second' && isTokenModel(fields))) continue;
    const tier = LITELLM_TIERS[suffix ?? ''] ?? 'default';
    // "Above 272k" begins at 272,000 itself: OpenAI's standard prices are for less than that.
    const above = step === undefined ? 0 : Number(step) * 1000 - 1;
    const place = places.get(`${tier} ${above}`) ?? { tier, above, units: {} };
    places.set(`${tier} ${above}`, { ...place, units: { ...place.units, [unit]: picoUsd } });
  }
  const searches = picoOf(searchCost(fields['search_context_cost_per_query']), PICO_PER_TOKEN);
  const entries = [...places.values()].map(({ tier, above, units }) => {
    const isBase = tier === 'default' && above === 0 && searches !== undefined;
    return entryOf({ model, tier, from: UNDATED, above }, { ...units, ...(isBase && { web_search: searches }) });
  });
  return entries;
}

/** Speech models report tokens, and the list has an estimate by the second beside their prices. */
const isTokenModel = (fields: Readonly<Record<string, unknown>>): boolean =>
  fields['mode'] === 'audio_speech' && numberOf(fields['input_cost_per_token']) !== undefined;

const searchCost = (value: unknown): unknown => (isMap(value) ? value['search_context_size_medium'] : undefined);
