import { describe, expect, it } from 'vitest';
import { importPrices } from './price.import.js';
import { PriceList } from './price.list.js';

const list = new PriceList({
  models: { astra: ['gpt-6'] },
  prices: [
    { model: '*', from: '2020-01-01', web_search: 10 },
    { model: 'astra', from: '2026-01-01', input: 10, output: 50 },
    { model: 'astra', from: '2026-07-30', input: 8 },
    { model: 'astra', from: '2026-01-01', above: 100, input: 20 },
    { model: 'astra', from: '2027-01-01', output: 9 },
  ],
});
const DAY = '2026-11-28';
const UNDATED = '2020-01-01';
const imported = (...entries: Parameters<typeof importPrices>[1]) => importPrices(list, entries, DAY);

describe(importPrices, () => {
  it('adds nothing that the list has already', () => {
    expect(imported({ model: 'astra', from: UNDATED, input: 8, output: 50, web_search: 10 })).toEqual({
      added: [],
      unchanged: 3,
      older: 0,
    });
  });

  it('adds a price that differs, from the day of the import or the date of the source', () => {
    expect(imported({ model: 'astra', from: UNDATED, input: 7, output: 50 }).added).toEqual([
      { model: 'astra', from: DAY, input: 7 },
    ]);
    expect(imported({ model: 'astra', from: '2026-12-24', input: 7 }).added).toEqual([
      { model: 'astra', from: '2026-12-24', input: 7 },
    ]);
  });

  it('takes the newest price of a source', () => {
    const old = { model: 'astra', from: UNDATED, input: 1 };
    expect(imported(old, { model: 'astra', from: '2026-07-30', input: 8 }).added).toEqual([]);
    expect(imported({ model: 'astra', from: '2026-07-30', input: 8 }, old).added).toEqual([]);
  });

  it('adds tiers, steps and units that are missing', () => {
    const flex = { model: 'astra', tier: 'flex' as const, from: UNDATED, above: 100, input: 1, cached: 2 };
    expect(imported(flex, { model: 'astra', from: UNDATED, above: 200, input: 20 }).added).toEqual([
      { ...flex, from: DAY },
      { model: 'astra', from: DAY, above: 200, input: 20 },
    ]);
  });

  it('changes no entry of the same or a later date', () => {
    expect(imported({ model: 'astra', from: '2026-07-30', input: 7 })).toEqual({ added: [], unchanged: 0, older: 1 });
    expect(imported({ model: 'astra', from: '2026-03-01', input: 7 })).toEqual({ added: [], unchanged: 0, older: 1 });
  });

  it('adds a new model with all its prices', () => {
    expect(imported({ model: 'nova', from: UNDATED, input: 1, output: 2 }).added).toEqual([
      { model: 'nova', from: DAY, input: 1, output: 2 },
    ]);
  });

  it('adds all prices of a name that belonged to another model and costs something else now', () => {
    expect(imported({ model: 'gpt-6', from: UNDATED, input: 8, output: 50 }).added).toEqual([]);
    expect(imported({ model: 'gpt-6', from: UNDATED, input: 9, output: 50 }).added).toEqual([
      { model: 'gpt-6', from: DAY, input: 9, output: 50 },
    ]);
  });
});
