import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { openPrices, readPriceFile } from '../../config/prices/price.loader.js';
import { genaiPrices } from '../../openai/prices/genai.prices.js';
import { liteLlmPrices } from '../../openai/prices/litellm.prices.js';
import type { PriceEntry } from '../../openai/prices/price.document.js';
import { parsePriceFile } from '../../openai/prices/price.file.js';
import { importPrices, type PriceImport } from '../../openai/prices/price.import.js';
import { entryText } from '../../openai/prices/price.text.js';
import { failure } from '../terminal/cli.error.js';

const NEW_FILE = '# Entries follow those of the list that comes with the program.\nextends: openai\n\nprices:\n';

/** Appends to the file `into` the prices of the file `from` that it does not have on `day`. */
export function importInto(into: string, from: string, { day, isDry }: { day: string; isDry: boolean }): PriceImport {
  const isNew = !existsSync(into);
  const source = entriesOf(from);
  const result = importPrices(openPrices(isNew ? undefined : into), source, day);
  if (!isDry && result.added.length > 0) append(into, isNew, result.added);
  return result;
}

function append(into: string, isNew: boolean, entries: readonly PriceEntry[]): void {
  const before = isNew ? NEW_FILE : readFileSync(into, 'utf8');
  const added = `${before.endsWith('\n') ? '' : '\n'}${entries.map(entryText).join('')}`;
  const count = isNew ? 0 : readPriceFile(into).document!.prices.length;
  // The result is read before it is written: `prices` may not be the last key of the file, or not have an entry a line.
  if (parsePriceFile(before + added).document?.prices.length !== count + entries.length)
    throw failure(
      `${into}: entries cannot be appended: prices must be the last key, with entries that begin with "- "`,
    );
  if (isNew) writeFileSync(into, before + added, { flag: 'wx' });
  else appendFileSync(into, added);
}

/** The entries of a price file, or of the JSON of a published list. */
function entriesOf(path: string): readonly PriceEntry[] {
  const text = textOf(path);
  const { document, problems } = /^\s*[[{]/.test(text) ? published(text) : parsePriceFile(text);
  if (document === undefined) throw failure(problems.map((problem) => `${path}: ${problem}`).join('\n'));
  return document.prices;
}

function published(text: string): { document?: { prices: readonly PriceEntry[] }; problems: readonly string[] } {
  try {
    const json: unknown = JSON.parse(text);
    const document = genaiPrices(json) ?? liteLlmPrices(json);
    return document ? { document, problems: [] } : { problems: ['is neither a list of genai-prices nor of LiteLLM'] };
  } catch {
    return { problems: ['is not JSON'] };
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw failure(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}
