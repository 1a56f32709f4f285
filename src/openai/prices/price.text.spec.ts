import { describe, expect, it } from 'vitest';
import type { PriceEntry } from './price.document.js';
import { parsePriceFile } from './price.file.js';
import { entryText } from './price.text.js';

describe(entryText, () => {
  it.each([
    'gpt-5.6-terra',
    'ft:gpt-4.1-2025-04-14',
    '*',
    "o'model",
    '3',
    'null',
    'True',
    'a: b',
    '#x',
    '- y',
    'a{b}',
    ' z ',
  ])('writes a line that is read as the same entry: %j', (model) => {
    const entry: PriceEntry = { model, tier: 'flex', from: '2026-01-01', above: 271_999, input: 1, output: 2 };
    const text = entryText(entry);
    expect(text.split('\n')).toHaveLength(2);
    expect(parsePriceFile(`prices:\n${text}`)).toEqual({ document: { prices: [entry] } });
  });
});
