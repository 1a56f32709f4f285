import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sources } from '../support/sources.js';

const PAGE = readFileSync('docs/guides/troubleshooting.md', 'utf8');
const SYMPTOM = /^\| (?!symptom |---)(.*?) \| .* \| .* \|$/gm;
/** Written by the program as JSON. */
const LOG_FIELD = /^"end":/;

/** The parts between the `…` of everything that a first cell quotes. */
const quoted = [...PAGE.matchAll(SYMPTOM)]
  .flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, quote]) => quote!))
  .filter((quote) => !LOG_FIELD.test(quote));

describe('the page of troubleshooting', () => {
  it('quotes sentences, and only such that the program has', () => {
    const text = sources();
    expect(quoted.length).toBeGreaterThan(50);
    const invented = quoted.filter((quote) => quote.split('…').some((part) => !text.includes(part.trim())));
    expect(invented).toEqual([]);
  });
});
