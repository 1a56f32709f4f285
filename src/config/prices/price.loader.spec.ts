import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../values/config.error.js';
import { loadConfig } from '../config.loader.js';
import { builtInPrices, openPrices } from './price.loader.js';

const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (text: string): string => {
  const path = join(folder, 'prices.yaml');
  writeFileSync(path, text);
  return path;
};
const AT = Date.parse('2026-11-28T00:00:00Z');
const cost = (path: string | undefined, model: string, at = AT) =>
  openPrices(path).cost({ model, tier: 'default', figures: { input: 1000, output: 0 } }, at);
const load = (path: string) =>
  loadConfig({ MANAGEMENT_TOKEN: 'a-management-token-of-the-operator-1234', PRICES_PATH: path }).config;

describe(openPrices, () => {
  it('opens the list that comes with the program', () => {
    expect(cost(undefined, 'gpt-5.6-terra-2026-08-01')).toEqual({ nanoUsd: 2_000_000, version: '2026-07-30' });
    expect(cost(undefined, 'gpt-5.6-terra', Date.parse('2026-07-29T23:59:59Z'))?.nanoUsd).toBe(2_500_000);
    expect(cost(undefined, 'house-model')).toBeUndefined();
  });

  it('opens the list as it was built, and the edited one without a build', () => {
    const edited = builtInPrices(pathToFileURL(join(folder, 'none.json')));
    const built = join(folder, 'built.json');
    writeFileSync(built, JSON.stringify({ prices: edited.prices.slice(0, 1) }));
    expect(edited.prices.length).toBeGreaterThan(200);
    expect(builtInPrices(pathToFileURL(built))).toEqual({ prices: edited.prices.slice(0, 1) });
  });

  it('opens a file in its place', () => {
    const path = file('prices: [{ model: house-model, from: 2026-01-01, input: 1000000, output: 0 }]');
    expect(cost(path, 'house-model')).toEqual({ nanoUsd: 1_000_000, version: '2026-01-01' });
    expect(cost(path, 'gpt-5.6-terra')).toBeUndefined();
  });

  it('opens a file that extends the list: its entries follow, and hold for the same date', () => {
    const path = file(`extends: openai
models:
  gpt-5.6-terra: [house-terra]
  house-model: [house-*]
prices:
- { model: house-model, from: 2026-01-01, input: 1000000 }
- { model: gpt-5.6-terra, from: 2026-07-30, input: 3000000 }
- { model: gpt-5.6-sol, from: 2026-12-01, input: 1 }
`);
    expect(['house-x', 'house-terra', 'gpt-5.6', 'gpt-6-sol'].map((model) => cost(path, model)?.nanoUsd)).toEqual([
      1_000_000, 3_000_000, 4_000_000, 2_000_000,
    ]);
  });

  it.each([
    ['- 1', 'must be a map with the key prices'],
    ['prices:\n- { model: m, from: 2026-01-01, input: x }', 'line 2: input must be a whole number of pico-dollars'],
  ])('ends the start when the file is %j', (text, problem) => {
    const path = file(text);
    expect(() => load(path)).toThrow(new ConfigError([`PRICES_PATH ${path}: ${problem}`]));
  });

  it('ends the start without the file', () => {
    const path = join(folder, 'missing.yaml');
    expect(() => load(path)).toThrow(new ConfigError([`PRICES_PATH ${path}: does not exist`]));
    expect(() => load(folder)).toThrow(new ConfigError([`PRICES_PATH ${folder}: is a directory`]));
  });

  it('keeps the path of a valid file in the configuration', () => {
    const path = file('extends: openai\nprices: []');
    expect(load(path).prices).toEqual({ path });
  });
});
