import type { PriceEntry } from './price.document.js';

/** Text that YAML reads as text, unless it is one of the words. */
const PLAIN = /^(?:[a-zA-Z][\w.-]*|\d{4}-\d{2}-\d{2})$/;
const YAML_WORD = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** The line of an entry in a price file. */
export const entryText = (entry: PriceEntry): string =>
  `- { ${Object.entries(entry)
    .map(([key, value]) => `${key}: ${scalar(value as string | number)}`)
    .join(', ')} }\n`;

function scalar(value: string | number): string {
  if (typeof value === 'number' || (PLAIN.test(value) && !YAML_WORD.test(value))) return String(value);
  return `'${value.replaceAll("'", "''")}'`;
}
