import { describe, expect, it } from 'vitest';
import type { Figures, ToolFigures } from '../usage/usage.record.js';
import type { PriceDocument } from './price.document.js';
import { PriceList } from './price.list.js';

const M = 1_000_000;
const DAY = (text: string): number => Date.parse(`${text}T12:00:00Z`);
const TODAY = DAY('2026-11-28');

const DOCUMENT: PriceDocument = {
  models: { astra: ['gpt-6', 'astra-*-preview', 'as*'], 'ft:astra': ['ft:astra-2026-*'] },
  prices: [
    { model: '*', from: '2020-01-01', web_search: 10_000 * M, file_search: 2_500 * M, code_session: 30_000 * M },
    {
      model: 'astra',
      from: '2026-01-01',
      input: 10 * M,
      cached: M,
      cache_write_30m: 12 * M,
      cache_write_12h: 20 * M,
      output: 50 * M,
    },
    {
      model: 'astra',
      from: '2026-01-01',
      above: 271_999,
      input: 20 * M,
      cached: 2 * M,
      cache_write_30m: 24 * M,
      cache_write_12h: 40 * M,
      output: 75 * M,
    },
    { model: 'astra', from: '2026-07-30', input: 8 * M, output: 40 * M },
    { model: 'astra', tier: 'flex', from: '2026-08-01', input: 4 * M, cached: M, output: 20 * M },
    { model: 'astra', tier: 'batch', from: '2026-01-01', above: 271_999, input: 9 * M, output: 30 * M },
    { model: 'astra', tier: 'batch', from: '2026-01-01', input: 5 * M, output: 25 * M },
    { model: 'astra-2026-02-02', from: '2026-02-02', input: 7 * M, output: 7 * M },
    {
      model: 'voice',
      from: '2026-01-01',
      input: 4 * M,
      cached: M,
      output: 16 * M,
      audio_input: 32 * M,
      audio_cached: 2 * M,
      audio_output: 64 * M,
      image_input: 5 * M,
      image_cached: 3 * M,
    },
    { model: 'whisper', from: '2026-01-01', second: 100 * M },
    { model: 'free', from: '2026-01-01', input: 0, output: 0 },
    { model: 'ft:astra', from: '2026-01-01', input: M, output: M, trained: 100 * M },
    { model: 'dear', from: '2026-01-01', input: Number.MAX_SAFE_INTEGER },
    { model: 'odd', from: '2026-01-01', input: 1, output: 3 },
  ],
};

const list = new PriceList(DOCUMENT);

interface Call {
  model?: string;
  tier?: string;
  figures?: Figures;
  tools?: ToolFigures;
  at?: number;
}
const priced = ({ model = 'astra', tier = 'default', figures = {}, tools, at = TODAY }: Call) =>
  list.cost({ model, tier, figures, ...(tools && { tools }) }, at);
const nano = (call: Call) => priced(call)?.nanoUsd;

describe(PriceList, () => {
  it('bills input and output by the prices of the day, with the newest date of the prices it used', () => {
    const figures = { input: 100, output: 10 };
    expect(priced({ figures })).toEqual({ nanoUsd: 1_200_000, version: '2026-07-30' });
    expect(priced({ figures, at: DAY('2026-07-29') })).toEqual({ nanoUsd: 1_500_000, version: '2026-01-01' });
  });

  it('changes the price at midnight UTC', () => {
    const at = Date.parse('2026-07-30T00:00:00Z');
    expect([at - 1, at].map((each) => nano({ figures: { input: 1 }, at: each }))).toEqual([10_000, 8_000]);
  });

  it('keeps the price of a unit that a later entry does not name', () => {
    expect(priced({ figures: { input: 1, cached: 1 } })).toEqual({ nanoUsd: 1_000, version: '2026-01-01' });
  });

  it('bills cached and written tokens apart from the rest of the input', () => {
    const figures = { input: 100, cached: 20, cache_write: 30, cache_write_12h: 10, output: 0 };
    expect(nano({ figures })).toBe(50 * 8_000 + 20 * 1_000 + 20 * 12_000 + 10 * 20_000);
  });

  it('bills no part beyond its whole', () => {
    expect(nano({ figures: { input: 10, cached: 99, cache_write: 99, cache_write_12h: 99 } })).toBe(10 * 1_000);
    expect(nano({ figures: { input: 10, cached: 4, cache_write: 99 } })).toBe(4 * 1_000 + 6 * 12_000);
    expect(nano({ model: 'voice', figures: { output: 5, audio_output: 9 } })).toBe(5 * 64_000);
  });

  it('bills audio and pictures apart from text, cached or not', () => {
    const figures = { input: 100, cached: 30, audio_input: 50, cached_audio: 10, image_input: 20, cached_image: 5 };
    const cost = 25 * 4_000 + 40 * 32_000 + 15 * 5_000 + 15 * 1_000 + 10 * 2_000 + 5 * 3_000 + 3 * 16_000 + 7 * 64_000;
    // 15 of the cached tokens are text; the rest of the input is 100 − 30 cached − 40 audio − 15 pictures = 15.
    expect(nano({ model: 'voice', figures: { ...figures, output: 10, audio_output: 7 } })).toBe(cost - 10 * 4_000);
  });

  it('bills pictures as text where the list has no prices of pictures', () => {
    expect(
      nano({ figures: { input: 10, image_input: 6, cached: 4, cached_image: 4, output: 2, image_output: 1 } }),
    ).toBe(6 * 8_000 + 4 * 1_000 + 2 * 40_000);
  });

  it('bills reasoning and predictions as part of the output', () => {
    const parts = { reasoning: 8, accepted_prediction: 1, rejected_prediction: 1, total: 999 };
    expect(nano({ figures: { input: 0, output: 10, ...parts } })).toBe(400_000);
  });

  it('bills the whole request by the long-context step of its input', () => {
    expect(nano({ figures: { input: 271_999, output: 1 }, at: DAY('2026-02-01') })).toBe(271_999 * 10_000 + 50_000);
    expect(nano({ figures: { input: 272_000, output: 1 } })).toBe(272_000 * 20_000 + 75_000);
    expect(nano({ figures: { input: 272_000, cached: 272_000 } })).toBe(272_000 * 2_000);
  });

  it('bills by the tier', () => {
    const figures = { input: 10, output: 1 };
    expect([nano({ tier: 'flex', figures }), nano({ tier: 'batch', figures })]).toEqual([60_000, 75_000]);
    expect(nano({ tier: 'batch', figures: { input: 272_000 } })).toBe(272_000 * 9_000);
  });

  it('bills hosted tools, by the same prices in every tier', () => {
    const tools = { web_search: 2, file_search: 1, code_sessions: 1 };
    expect(nano({ figures: { input: 0 }, tools })).toBe(52_500_000);
    expect(nano({ tier: 'flex', figures: { input: 1 }, tools })).toBe(52_504_000);
    expect(nano({ tools: { web_search: 1 } })).toBe(10_000_000);
  });

  it('bills seconds to the millionth', () => {
    expect(nano({ model: 'whisper', figures: { seconds: 12.4 } })).toBe(1_240_000);
    expect(nano({ model: 'whisper', figures: { seconds: 0.000_001_4 } })).toBe(1);
  });

  it('bills training', () => {
    expect(nano({ model: 'ft:astra', figures: { trained: 5 } })).toBe(500_000);
  });

  it('is free where the list says so, or where nothing was used', () => {
    expect(priced({ model: 'free', figures: { input: 9, output: 9 } })).toEqual({ nanoUsd: 0, version: '2026-01-01' });
    expect(priced({ figures: { input: 0, output: 0 } })).toEqual({ nanoUsd: 0, version: '2026-07-30' });
  });

  it.each<[string, Call]>([
    ['an unknown model', { model: 'nova', figures: { input: 1 } }],
    ['the model that stands for all', { model: '*', figures: { input: 1 } }],
    ['a name of an object', { model: 'constructor', figures: { input: 1 } }],
    ['an unknown tier', { tier: 'turbo', figures: { input: 1 } }],
    ['a tier without prices', { tier: 'scale', figures: { input: 0 } }],
    ['a tier without prices on that day', { tier: 'flex', figures: { input: 1 }, at: DAY('2026-07-31') }],
    ['a long request in a tier without the step', { tier: 'flex', figures: { input: 272_000 } }],
    ['a day before the list', { figures: { input: 1 }, at: DAY('2025-12-31') }],
    ['an instant that is none', { figures: { input: 1 }, at: Number.NaN }],
    ['a figure without a price', { figures: { input: 1, audio_input: 1 } }],
    ['cached audio without a price', { figures: { input: 2, cached: 2, cached_audio: 1 } }],
    ['a tool without a price', { figures: { input: 1 }, tools: { image_output: 1 } }],
    ['no figures', { figures: {} }],
    ['a total alone', { figures: { total: 10 } }],
    ['a part without its whole', { figures: { cached: 1, output: 1 } }],
    ['a negative figure', { figures: { input: -1 } }],
    ['a figure that is no number', { figures: { input: Number.NaN } }],
    ['a cost of 2⁵³ nano-dollars', { model: 'dear', figures: { input: 1001 } }],
  ])('has no price for %s', (_, call) => {
    expect(priced(call)).toBeUndefined();
  });

  it('finds the name of the list', () => {
    const named = {
      astra: 'astra',
      'gpt-6': 'astra',
      'gpt-6-2026-09-09': 'astra',
      'astra-2026-08-01': 'astra',
      'astra-2026-02-02': 'astra-2026-02-02',
      'astra-x-preview': 'astra',
      asx: 'astra',
      'ft:astra:org::id': 'ft:astra',
      'ft:astra-2026-08-01:org:name:id:ckpt-step-1': 'ft:astra',
      'ft:voice:org::id': undefined,
      [`as${'x'.repeat(199)}`]: undefined,
      '': undefined,
    };
    expect(Object.fromEntries(Object.keys(named).map((model) => [model, list.nameOf(model)]))).toEqual(named);
  });

  it('knows its names, their entries and its newest date', () => {
    expect(list.names.slice(0, 3)).toEqual(['astra', 'astra-2026-02-02', 'dear']);
    expect([list.entriesOf('whisper').length, list.entriesOf('nova').length, list.asOf]).toEqual([1, 0, '2026-08-01']);
  });

  it('remembers no more names than a bound, and finds all the same', () => {
    for (let n = 0; n < 2500; n += 1) expect(list.nameOf(`as${n}`)).toBe('astra');
    expect(list.nameOf('astra')).toBe('astra');
  });
});
