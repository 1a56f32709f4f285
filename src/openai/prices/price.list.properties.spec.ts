import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Figures } from '../usage/usage.record.js';
import type { PriceDocument } from './price.document.js';
import { PriceList } from './price.list.js';

const M = 1_000_000;
const from = '2026-01-01';
const DOCUMENT: PriceDocument = {
  prices: [
    {
      model: 'astra',
      from,
      input: 10 * M,
      cached: M,
      cache_write_30m: 12 * M,
      cache_write_12h: 20 * M,
      output: 50 * M,
    },
    { model: 'astra', from, above: 271_999, input: 20 * M, cached: 2 * M, output: 75 * M },
    { model: 'astra', from, above: 271_999, cache_write_30m: 24 * M, cache_write_12h: 40 * M },
    { model: 'astra', tier: 'batch', from, input: 5 * M, cached: M, output: 25 * M },
    { model: 'astra', tier: 'batch', from, cache_write_30m: 6 * M, cache_write_12h: 10 * M },
    { model: 'astra', tier: 'batch', from, above: 271_999, input: 9 * M, cached: M, output: 30 * M },
    { model: 'astra', tier: 'batch', from, above: 271_999, cache_write_30m: 12 * M, cache_write_12h: 20 * M },
    { model: 'voice', from, input: 4 * M, cached: M, output: 16 * M },
    { model: 'voice', from, audio_input: 32 * M, audio_cached: 2 * M, audio_output: 64 * M },
    { model: 'voice', from, image_input: 5 * M, image_cached: 3 * M },
    { model: 'dear', from, input: Number.MAX_SAFE_INTEGER },
    { model: 'odd', from, input: 1, output: 3 },
  ],
};
const list = new PriceList(DOCUMENT);
const priced = ({ model = 'astra', tier = 'default', figures }: { model?: string; tier?: string; figures: Figures }) =>
  list.cost({ model, tier, figures }, Date.parse('2026-11-28T12:00:00Z'));
const nano = (call: Parameters<typeof priced>[0]) => priced(call)?.nanoUsd;

describe('a cost', () => {
  const count = fc.nat({ max: 400_000 });
  const names = ['input', 'cached', 'cache_write', 'cache_write_12h', 'output', 'reasoning'] as const;
  const figures = fc.record(
    Object.fromEntries(names.map((name) => [name, count])) as Record<(typeof names)[number], typeof count>,
    { requiredKeys: ['input', 'output', 'cached', 'cache_write'] },
  );
  const tier = fc.constantFrom('default', 'batch');
  const voice = fc.record({
    input: count,
    cached: count,
    output: count,
    audio_input: count,
    cached_audio: count,
    image_input: count,
    cached_image: count,
    audio_output: count,
  });

  it('is a whole number, never negative', () => {
    fc.assert(
      fc.property(voice, (each) => {
        expect(nano({ model: 'voice', figures: each })).toSatisfy(
          (cost: number) => Number.isSafeInteger(cost) && cost >= 0,
        );
      }),
    );
  });

  it('never falls when more input, output or training is used', () => {
    const grown = fc.constantFrom('input' as const, 'output' as const);
    fc.assert(
      fc.property(figures, grown, count, (each, name, more) => {
        const before = nano({ figures: each })!;
        expect(nano({ figures: { ...each, [name]: each[name] + more } })!).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('never rises when more of the input is cached', () => {
    fc.assert(
      fc.property(count, count, count, (input, cached, more) => {
        const cost = (part: number) => nano({ figures: { input, cached: part, output: 1 } })!;
        expect(cost(cached + more)).toBeLessThanOrEqual(cost(cached));
      }),
    );
  });

  it('does not depend on the order of figures, nor on zeros', () => {
    fc.assert(
      fc.property(figures, tier, (each, of) => {
        const plain = Object.fromEntries(Object.entries(each).toReversed());
        const call = { tier: of, figures: plain };
        expect(priced(call)).toEqual(
          priced({ tier: of, figures: { ...each, audio_input: 0, cached_audio: 0, total: 7 } }),
        );
      }),
    );
  });

  it('is rounded up once, not once a unit', () => {
    expect(nano({ model: 'odd', figures: { input: 1, output: 1 } })).toBe(1);
    expect(nano({ model: 'odd', figures: { input: 998, output: 1 } })).toBe(2);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (input, output) => {
        const exact = (BigInt(input) + 3n * BigInt(output) + 999n) / 1000n;
        expect(BigInt(nano({ model: 'odd', figures: { input, output } })!)).toBe(exact);
      }),
    );
  });

  it('is exact beyond what a number holds', () => {
    const exact = (BigInt(Number.MAX_SAFE_INTEGER) * 999n + 999n) / 1000n;
    expect(BigInt(nano({ model: 'dear', figures: { input: 999 } })!)).toBe(exact);
  });
});
