import { readFileSync, statSync } from 'node:fs';
import { PACKAGE_FOLDER } from '../../common/values/package.js';
import type { PriceDocument } from '../../openai/prices/price.document.js';
import { type ParsedPrices, parsePriceFile } from '../../openai/prices/price.file.js';
import { PriceList } from '../../openai/prices/price.list.js';
import { ConfigError } from '../values/config.error.js';
import { readSmallText, UnreadableFile } from '../values/text.file.js';

/** The list as it is edited, and the same as JSON, which a build writes: it loads without a YAML parser. */
const EDITED = new URL('config/prices.openai.yaml', PACKAGE_FOLDER);
const BUILT = new URL('dist/prices.json', PACKAGE_FOLDER);

/** The price list of PRICES_PATH, or the one that comes with the program. Throws ConfigError with every problem. Reads files: call it once, on first use. */
export function openPrices(path: string | undefined): PriceList {
  if (path === undefined) return new PriceList(builtInPrices());
  const { document, problems } = readPriceFile(path);
  if (problems) throw new ConfigError(problems.map((problem) => `PRICES_PATH ${path}: ${problem}`));
  return new PriceList(document.extends === undefined ? document : extended(builtInPrices(), document));
}

/** Reads a price file: its document, or one line a problem. */
export function readPriceFile(path: string): ParsedPrices {
  try {
    const text = readSmallText(path);
    return text === undefined ? { problems: ['does not exist'] } : parsePriceFile(text);
  } catch (error) {
    if (error instanceof UnreadableFile) return { problems: [error.message] };
    throw error;
  }
}

/** The entries of the file follow those of the list, so that they hold where both have one for the same date. */
const extended = (base: PriceDocument, file: PriceDocument): PriceDocument => ({
  models: Object.fromEntries(
    [...Object.keys(base.models ?? {}), ...Object.keys(file.models ?? {})].map((name) => [
      name,
      [...(base.models?.[name] ?? []), ...(file.models?.[name] ?? [])],
    ]),
  ),
  prices: [...base.prices, ...file.prices],
});

/** The list that comes with the program: the built one, or in a clone the edited one while it is newer. */
export function builtInPrices(built = BUILT): PriceDocument {
  if (changedAt(built) >= changedAt(EDITED)) return JSON.parse(readFileSync(built, 'utf8')) as PriceDocument;
  const { document, problems } = parsePriceFile(readFileSync(EDITED, 'utf8'));
  if (problems) throw new Error(`config/prices.openai.yaml: ${problems.join('; ')}`);
  return document;
}

/** Milliseconds since the epoch; -1 without a file, so that a package without the edited list uses the built one. */
const changedAt = (file: URL): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
