import { describe, expect, it } from 'vitest';
import { genaiPrices } from './genai.prices.js';
import { liteLlmPrices } from './litellm.prices.js';

describe(genaiPrices, () => {
  const provider = (model: object) => ({ id: 'openai', models: [{ id: 'astra', ...model }] });

  it('reads dates, steps and every unit', () => {
    const prices = [
      { prices: { input_mtok: 2.5, output_mtok: 15 } },
      {
        constraint: { type: 'start_date', start_date: '2026-07-30' },
        prices: {
          input_mtok: { base: 2, tiers: [{ start: 271_999, price: 4 }] },
          cache_read_mtok: 0.2,
          cache_write_mtok: { base: 2.5, tiers: [{ start: 271_999, price: 5 }] },
          input_audio_mtok: 32,
          audio_hours: 0.36,
          web_searches_kcount: 10,
          storage_searches_kcount: 2.5,
        },
      },
    ];
    expect(genaiPrices([{ id: 'other' }, provider({ prices })])?.prices).toEqual([
      { model: 'astra', from: '2020-01-01', input: 2_500_000, output: 15_000_000 },
      {
        model: 'astra',
        from: '2026-07-30',
        input: 2_000_000,
        cached: 200_000,
        cache_write_30m: 2_500_000,
        audio_input: 32_000_000,
        second: 100_000_000,
        web_search: 10_000_000_000,
        file_search: 2_500_000_000,
      },
      { model: 'astra', from: '2026-07-30', above: 271_999, input: 4_000_000, cache_write_30m: 5_000_000 },
    ]);
  });

  it('leaves out prices of some hours of a day', () => {
    const constraint = { type: 'time_of_date', start_time: '00:30:00Z', end_time: '08:30:00Z' };
    expect(genaiPrices(provider({ prices: [{ constraint, prices: { input_mtok: 1 } }] }))?.prices).toEqual([]);
  });

  it('reads other names and patterns', () => {
    const rules = [{ equals: 'astra' }, { equals: 'gpt-6' }, { starts_with: 'a' }, { ends_with: 'z' }];
    const match = { or: [...rules, { contains: 'mod' }, { regex: '^a-[0-9]+$' }, { equals: 'gpt-6' }, 1] };
    expect(genaiPrices(provider({ match, prices: {} }))?.models).toEqual({ astra: ['gpt-6', 'a*', '*z', '*mod*'] });
  });

  it.each([[null], [{}], [[]], [{ id: 'openai' }], [[{ id: 'anthropic', models: [] }]]])('is not %j', (json) => {
    expect(genaiPrices(json)).toBeUndefined();
  });
});

describe(liteLlmPrices, () => {
  const list = (fields: object, name = 'astra') => ({ [name]: { litellm_provider: 'openai', ...fields } });
  const prices = (fields: object) => liteLlmPrices(list(fields))?.prices;

  it('reads tiers, steps and every unit', () => {
    expect(
      prices({
        mode: 'chat',
        input_cost_per_token: 2e-6,
        input_cost_per_token_above_272k_tokens: 4e-6,
        input_cost_per_token_above_272k_tokens_flex: 2e-6,
        input_cost_per_token_flex: 1e-6,
        input_cost_per_token_batches: 1e-6,
        cache_creation_input_token_cost: 2.5e-6,
        cache_creation_input_token_cost_above_12hr: 5e-6,
        cache_creation_input_token_cost_above_12hr_priority: 1e-5,
        search_context_cost_per_query: { search_context_size_medium: 0.025 },
        max_input_tokens: 1_050_000,
      }),
    ).toEqual([
      {
        model: 'astra',
        from: '2020-01-01',
        input: 2_000_000,
        cache_write_30m: 2_500_000,
        cache_write_12h: 5_000_000,
        web_search: 25_000_000_000,
      },
      { model: 'astra', from: '2020-01-01', above: 271_999, input: 4_000_000 },
      { model: 'astra', tier: 'flex', from: '2020-01-01', above: 271_999, input: 2_000_000 },
      { model: 'astra', tier: 'flex', from: '2020-01-01', input: 1_000_000 },
      { model: 'astra', tier: 'batch', from: '2020-01-01', input: 1_000_000 },
      { model: 'astra', tier: 'priority', from: '2020-01-01', cache_write_12h: 10_000_000 },
    ]);
  });

  it('reads seconds of models that are billed by them, not the estimate of speech models', () => {
    expect(prices({ input_cost_per_second: 1e-4 })).toEqual([
      { model: 'astra', from: '2020-01-01', second: 100_000_000 },
    ]);
    expect(prices({ mode: 'audio_speech', input_cost_per_token: 1e-6, input_cost_per_second: 1 })).toEqual([
      { model: 'astra', from: '2020-01-01', input: 1_000_000 },
    ]);
  });

  it('leaves out other providers, prices by picture size, and what is no price', () => {
    const json = { ...list({ input_cost_per_token: -1 }), ...list({ input_cost_per_image: 1 }, 'low/1024/a') };
    expect(liteLlmPrices({ ...json, claude: { litellm_provider: 'anthropic', input_cost_per_token: 1 } })).toEqual({
      models: {},
      prices: [],
    });
  });

  it.each([[null], [[]], [{}], [{ claude: { litellm_provider: 'anthropic' } }]])('is not %j', (json) => {
    expect(liteLlmPrices(json)).toBeUndefined();
  });
});
