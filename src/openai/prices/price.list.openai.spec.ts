import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Figures } from '../usage/usage.record.js';
import type { PriceDocument, Tier } from './price.document.js';
import { parsePriceFile } from './price.file.js';
import { PriceList } from './price.list.js';
import type { Unit } from './price.units.js';

const TEXT = readFileSync('config/prices.openai.yaml', 'utf8');
const TODAY = '2026-11-28';

/** What `calcPrice` of genai-prices 0.1.8 gives in dollars, for the same day. */
const CALCULATED: readonly (readonly [model: string, figures: Figures, dollars: number])[] = [
  ['gpt-5.6-terra', { input: 1234, cached: 1000, output: 77 }, 0.001592],
  ['gpt-5.6-terra', { input: 300_000, cached: 1000, cache_write: 2000, output: 777 }, 1.212386],
  ['gpt-6-astra', { input: 19, output: 10 }, 0.00069],
  ['gpt-6-astra', { input: 272_000, output: 1 }, 5.440075],
  ['gpt-5.6-luna', { input: 271_999, output: 333 }, 0.0547994],
  ['gpt-5', { input: 10, cached: 3, output: 7 }, 0.000079125],
  ['o3', { input: 1001, output: 3 }, 0.002026],
  ['text-embedding-3-small', { input: 8191 }, 0.00016382],
  [
    'gpt-realtime',
    { input: 900, cached: 300, audio_input: 500, cached_audio: 200, output: 400, audio_output: 350 },
    0.03412,
  ],
  ['gpt-4o-mini', { input: 100_000, cached: 99_999, output: 1 }, 0.007500675],
];

describe('config/prices.openai.yaml', () => {
  let document: PriceDocument;
  let list: PriceList;

  beforeAll(() => {
    document = parsePriceFile(TEXT).document!;
    list = new PriceList(document);
  });

  /** Each price of each model today, with its counterpart in another tier or unit. */
  const pairs = (tier: Tier, unit: Unit, other: { tier: Tier; unit: Unit }) =>
    list.names.flatMap((name) => {
      const [price, counterpart] = [
        list.pricesOn(name, tier, TODAY).of(unit, 1),
        list.pricesOn(name, other.tier, TODAY).of(other.unit, 1),
      ];
      return price && counterpart ? [{ name, price: price.picoUsd, counterpart: counterpart.picoUsd }] : [];
    });

  it('is valid', () => {
    expect(parsePriceFile(TEXT).problems).toBeUndefined();
    expect(list.names.length).toBeGreaterThan(100);
  });

  it.each(CALCULATED)('gives what genai-prices calculates: %s %j', (model, figures, dollars) => {
    const cost = list.cost({ model, tier: 'default', figures }, Date.parse(TODAY));
    expect(cost?.nanoUsd).toBe(Math.ceil(Number((dollars * 1e9).toFixed(3))));
  });

  it('has other names for names of its own only, and none twice', () => {
    const others = Object.entries(document.models ?? {});
    expect(others.filter(([name]) => !list.names.includes(name))).toEqual([]);
    expect(others.flatMap(([, all]) => all).filter((other) => list.names.includes(other))).toEqual([]);
  });

  it('has cached tokens that cost less than others, and long requests that cost more', () => {
    const cached = pairs('default', 'cached', { tier: 'default', unit: 'input' });
    expect(cached.length).toBeGreaterThan(40);
    expect(cached.filter(({ price, counterpart }) => price >= counterpart)).toEqual([]);
    const steps = document.prices.filter(({ above = 0 }) => above > 0);
    expect(new Set(steps.map(({ above }) => above))).toEqual(new Set([271_999]));
    for (const { model, tier = 'default', from, input = 0 } of steps)
      expect(list.pricesOn(model, tier, from).of('input', 1)!.picoUsd).toBeLessThan(input);
  });

  it.each<[Tier, number, number]>([
    ['batch', 0.4, 1],
    ['flex', 0.4, 0.6],
    ['priority', 1.5, 2.5],
    ['ultrafast', 4, 8],
  ])('has %s prices from %d to %d times the default ones', (tier, least, most) => {
    const all = pairs(tier, 'output', { tier: 'default', unit: 'output' }).filter(({ counterpart }) => counterpart > 0);
    expect(all.length).toBeGreaterThan(1);
    expect(all.filter(({ price, counterpart }) => price < least * counterpart || price > most * counterpart)).toEqual(
      [],
    );
  });

  it('has no price over a tenth of a cent a token or a dollar a second', () => {
    const dear = document.prices.flatMap(({ input = 0, output = 0, audio_output: audio = 0, second = 0 }) =>
      [input, output, audio, second / 1000].filter((price) => price > 1e9),
    );
    expect(dear).toEqual([]);
  });

  it('covers dated names, aliases, fine-tuned and moderation models', () => {
    const names = {
      'gpt-5.6-terra-2026-08-01': 'gpt-5.6-terra',
      'gpt-5.6': 'gpt-5.6-sol',
      'gpt-4o-2024-05-13': 'gpt-4o-2024-05-13',
      'gpt-4o-2024-11-20': 'gpt-4o',
      'ft:gpt-4.1-2025-04-14:org::id': 'ft:gpt-4.1-2025-04-14',
      'ft:gpt-4o-mini-2024-07-18:org:name:id': 'ft:gpt-4o-mini',
      'omni-moderation-latest': 'moderation',
      'llama-3': undefined,
    };
    expect(Object.fromEntries(Object.keys(names).map((model) => [model, list.nameOf(model)]))).toEqual(names);
  });
});
