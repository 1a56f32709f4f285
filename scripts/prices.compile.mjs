// Writes config/prices.openai.yaml into dist/prices.json, so that a server needs no YAML parser to load its price list.
import { readFileSync, writeFileSync } from 'node:fs';
import { parsePriceFile } from '../dist/src/openai/prices/price.file.js';

const EDITED = new URL('../config/prices.openai.yaml', import.meta.url);
const { document, problems } = parsePriceFile(readFileSync(EDITED, 'utf8'));
if (problems) throw new Error(`config/prices.openai.yaml:\n${problems.join('\n')}`);
writeFileSync(new URL('../dist/prices.json', import.meta.url), `${JSON.stringify(document)}\n`);
