import { closingQuote, skipBlanks } from '../../openai/usage/json.members.js';

/** The search begins at a letter: quotes are everywhere in JSON. */
const USAGE = 'usage"';
const NULL = 'null';
const DATA = 'data:';
const BYTE_ORDER_MARK = '\xef\xbb\xbf';
const QUOTE = 34;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;
const NONE = Buffer.alloc(0);

/** The bytes from one index to another. */
type Range = readonly [from: number, to: number];

/**
 * One event of a stream of completions as it is without `include_usage`: nothing for the chunk that has only the usage,
 * and any other chunk without its `"usage":null`. The event itself when there is nothing to take out.
 */
export function withoutUsage(event: Buffer): Buffer {
  const text = event.toString('latin1');
  const cuts: Range[] = [];
  for (let at = text.indexOf(USAGE); at >= 0; at = text.indexOf(USAGE, at + 1)) {
    const value = valueOfKey(text, at);
    if (value === undefined) continue;
    if (text[value] === '{' && isUsageAlone(text)) return NONE;
    if (text.startsWith(NULL, value) && isOfDocument(text, value + NULL.length))
      cuts.push(cutOf(text, at - 1, value + NULL.length));
  }
  return cuts.length === 0 ? event : without(event, cuts);
}

/** Where the value of the key `usage` begins; undefined unless it is a key of an event's data. Quotes in texts are escaped. */
function valueOfKey(text: string, at: number): number | undefined {
  if (text[at - 1] !== '"' || text[at - 2] === '\\') return undefined;
  const colon = skipBlanks(text, at + USAGE.length);
  if (text[colon] !== ':' || !isDataLine(text, lineStart(text, at))) return undefined;
  return skipBlanks(text, colon + 1);
}

const isDataLine = (text: string, start: number): boolean =>
  text.startsWith(DATA, start) || (start === 0 && text.startsWith(BYTE_ORDER_MARK + DATA));

const lineStart = (text: string, at: number): number =>
  Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at)) + 1;

/** True when exactly one object is closed from here to the end: the member belongs to the document itself. */
function isOfDocument(text: string, from: number): boolean {
  let closed = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) return false;
    } else if (code === CLOSE || code === CLOSE_LIST) closed += 1;
    else if (code === OPEN || code === OPEN_LIST) closed -= 1;
  }
  return closed === 1;
}

/** With the comma before the member, or the one behind it when it is the first. */
function cutOf(text: string, key: number, end: number): Range {
  let before = key;
  while (text[before - 1] === ' ' || text[before - 1] === '\t') before -= 1;
  if (text[before - 1] === ',') return [before - 1, end];
  const next = skipBlanks(text, end);
  return text[next] === ',' ? [key, skipBlanks(text, next + 1)] : [key, end];
}

function without(event: Buffer, cuts: readonly Range[]): Buffer {
  const starts = [0, ...cuts.map(([, to]) => to)];
  return Buffer.concat(starts.map((from, i) => event.subarray(from, cuts[i]?.[0])));
}

/** True for the chunk with which the usage comes: it has no choices. */
function isUsageAlone(event: string): boolean {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => isDataLine(line, 0));
  try {
    const chunk = JSON.parse(lines.map((line) => line.slice(line.indexOf(DATA) + DATA.length)).join('\n')) as {
      choices?: unknown;
      usage?: unknown;
    };
    return (
      Array.isArray(chunk.choices) &&
      chunk.choices.length === 0 &&
      typeof chunk.usage === 'object' &&
      chunk.usage !== null
    );
  } catch {
    return false;
  }
}
