import {
  constructFromEvents,
  CORE_SCHEMA,
  type Event,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import type { PriceDocument } from './price.document.js';
import { documentProblems } from './price.rules.js';

/** A price file that is valid, or what is wrong with it: one line a problem, which names the line of the file. */
export type ParsedPrices =
  | { readonly document: PriceDocument; readonly problems?: undefined }
  | { readonly document?: undefined; readonly problems: readonly string[] };

/** Of the keys of the file: inside the document and its map. */
const KEY_DEPTH = 2;
const OPENS: ReadonlySet<number> = new Set([EVENT_ID.DOCUMENT, EVENT_ID.MAPPING, EVENT_ID.SEQUENCE]);

/** Reads the YAML text of a price file. */
export function parsePriceFile(text: string): ParsedPrices {
  try {
    const events = parseEvents(text, {});
    const [document, ...others] = constructFromEvents(events, { source: text, schema: CORE_SCHEMA });
    if (others.length > 0) return { problems: ['must be one YAML document'] };
    const lines = entryLines(text, events);
    const problems = documentProblems(document, (index) => lines[index] ?? 1);
    return problems.length > 0 ? { problems } : { document: document as PriceDocument };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error as { reason?: string; mark?: { line: number } };
    return { problems: [`line ${(mark?.line ?? 0) + 1}: is not YAML (${reason ?? 'unknown'})`] };
  }
}

/** The line of each entry of `prices`, in its order. */
function entryLines(text: string, events: readonly Event[]): number[] {
  const starts: number[] = [];
  let depth = 0;
  let isKey = true;
  let key = '';
  for (const event of events) {
    if (event.type === EVENT_ID.POP) depth -= 1;
    if (event.type === EVENT_ID.SCALAR && depth === KEY_DEPTH && isKey) key = getScalarValue(text, event);
    if (event.type !== EVENT_ID.POP && depth === KEY_DEPTH) isKey = !isKey;
    if (event.type !== EVENT_ID.POP && depth === KEY_DEPTH + 1 && key === 'prices') starts.push(startOf(event));
    if (OPENS.has(event.type)) depth += 1;
  }
  return lineNumbers(text, starts);
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : 0;
}

/** Of offsets in ascending order. */
function lineNumbers(text: string, offsets: readonly number[]): number[] {
  let line = 1;
  let at = 0;
  return offsets.map((offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  });
}
