import type { PriceEntry } from './price.document.js';

const PLAIN = /^[a-zA-Z][\w.-]*$/;

/** The line of an entry in a price file. */
export const entryText = (entry: PriceEntry): string =>
  `- { ${Object.entries(entry)
    .map(([key, value]) => `${key}: ${scalar(value as string | number)}`)
    .join(', ')} }\n`;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const scalar = (value: string | number): string => {
  if (typeof value === 'number' || PLAIN.test(value) || DATE.test(value)) return String(value);
  return `'${value.replaceAll("'", "''")}'`;
};
