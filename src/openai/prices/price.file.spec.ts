import { describe, expect, it } from 'vitest';
import { parsePriceFile } from './price.file.js';

const problems = (text: string) => parsePriceFile(text).problems;
const prices = (...entries: string[]) => ['prices:', ...entries.map((entry) => `- ${entry}`), ''].join('\n');
const GOOD = '{model: m, from: 2026-01-01, input: 1}';

describe(parsePriceFile, () => {
  it('reads entries, other names and the list that a file extends', () => {
    const text = `extends: openai\nmodels:\n  m: [n, "m-*"]\n${prices('{model: m, tier: flex, from: 2026-01-01, above: 5, input: 1, output: 2}')}`;
    expect(parsePriceFile(text).document).toEqual({
      extends: 'openai',
      models: { m: ['n', 'm-*'] },
      prices: [{ model: 'm', tier: 'flex', from: '2026-01-01', above: 5, input: 1, output: 2 }],
    });
  });

  it.each([
    ['{model: m, tier: turbo, from: 2026-01-01, input: 1}', 'tier must be one of default, flex'],
    ['{model: m, from: 2026-02-30, input: 1}', 'from must be a date such as 2026-07-30'],
    ['{model: m, input: 1}', 'from must be a date such as 2026-07-30'],
    ['{from: 2026-01-01, input: 1}', 'model must be a name'],
    ['{model: "m-*", from: 2026-01-01, input: 1}', 'model must be a name without *'],
    ['{model: m, from: 2026-01-01}', 'has no price'],
    ['{model: m, from: 2026-01-01, inputs: 1, input: 1}', 'inputs is not a known key'],
    ['{model: m, from: 2026-01-01, input: -1}', 'input must be a whole number of pico-dollars'],
    ['{model: m, from: 2026-01-01, input: 0.5}', 'input must be a whole number of pico-dollars'],
    ['{model: m, from: 2026-01-01, input: 9007199254740992}', 'input must be a whole number of pico-dollars'],
    ['{model: m, from: 2026-01-01, input: "1"}', 'input must be a whole number of pico-dollars'],
    ['{model: m, from: 2026-01-01, input: 1, above: -1}', 'above must be a whole number of input tokens'],
    ['7', 'must be a map such as'],
    [GOOD, 'input is in line 4 already'],
  ])('names the line of %s', (entry, problem) => {
    const text = `# comment\nmodels: {o: [p]}\n${prices(GOOD, '\n  model: o\n  from: 2026-01-01\n  input: 1', entry)}`;
    expect(problems(text)).toEqual([expect.stringContaining(`line 9: ${problem}`)]);
  });

  it.each([
    ['', 'must be a map with the key prices'],
    ['[]', 'must be a map with the key prices'],
    ['prices: []', 'prices must have an entry'],
    ['prices: 1', 'prices must be a list'],
    [`version: 1\n${prices(GOOD)}`, 'version is not a known key'],
    [`extends: other\n${prices(GOOD)}`, 'extends must be openai'],
    [`models: 1\n${prices(GOOD)}`, 'models must be a map of names to lists of other names'],
    [`models: {m: 1}\n${prices(GOOD)}`, 'models.m must be a list'],
    [`models: {m: [""]}\n${prices(GOOD)}`, 'models.m: must be text'],
    [`models: {m: [x], n: [x]}\n${prices(GOOD)}`, 'models.n: x belongs to m already'],
    [`${prices(GOOD)}---\n${prices(GOOD)}`, 'must be one YAML document'],
    ['prices:\n- {model: m', 'line 2: is not YAML'],
    ['prices: []\nprices: []', 'line 2: is not YAML'],
  ])('refuses %j', (text, problem) => {
    expect(problems(text)).toEqual([expect.stringContaining(problem)]);
  });

  it('accepts no entries in a file that extends the list', () => {
    expect(problems('extends: openai\nprices: []')).toBeUndefined();
  });

  it('reports every problem at once', () => {
    expect(problems(prices('{model: m, input: 1}', '{from: 2026-01-01, input: x}'))).toHaveLength(3);
  });
});
