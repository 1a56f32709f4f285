import { closingQuote, skipBlanks } from '../../openai/usage/json.members.js';

const ASK = '"include_usage":true';
const BACKSLASH = '\\';
const TOP: ReadonlySet<string> = new Set(['stream', 'stream_options']);
const OPTIONS: ReadonlySet<string> = new Set(['include_usage']);

/** Where a value stands in a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The members of an object by their names, and the index behind it. */
interface ReadObject {
  readonly members: ReadonlyMap<string, Span>;
  readonly end: number;
}

/**
 * The body of a streaming request, changed so that it asks for the usage of its stream. Undefined for any other body, for
 * one that says itself whether it wants usage, and for one that two servers could read differently.
 */
export function askingForUsage(body: Buffer): Buffer | undefined {
  const text = body.toString('latin1');
  const object = readObject(text, 0, TOP);
  const stream = object?.members.get('stream');
  if (!object || !stream || text.slice(stream.from, stream.to) !== 'true') return undefined;
  if (skipBlanks(text, object.end) < text.length) return undefined;
  const options = object.members.get('stream_options');
  if (options) return intoOptions(body, text, options);
  return inserted(body, text.indexOf('{') + 1, `"stream_options":{${ASK}},`);
}

function intoOptions(body: Buffer, text: string, { from, to }: Span): Buffer | undefined {
  if (text.slice(from, to) === 'null') return inserted(body, from, `{${ASK}}`, to);
  const object = readObject(text, from, OPTIONS);
  if (!object || object.members.has('include_usage')) return undefined;
  const isEmpty = text[skipBlanks(text, from + 1)] === '}';
  return inserted(body, from + 1, isEmpty ? ASK : `${ASK},`);
}

/** The bytes from `at` to `to` are replaced. */
function inserted(body: Buffer, at: number, added: string, to = at): Buffer {
  return Buffer.concat([body.subarray(0, at), Buffer.from(added, 'latin1'), body.subarray(to)]);
}

/**
 * The values of these members of the object that begins at `start`. Undefined when there is no whole object, and when one
 * of its keys could be one of the names in another spelling, or stands there twice.
 */
function readObject(text: string, start: number, names: ReadonlySet<string>): ReadObject | undefined {
  const found = new Map<string, Span>();
  let at = skipBlanks(text, start);
  if (text[at] !== '{') return undefined;
  at = skipBlanks(text, at + 1);
  while (text[at] === '"') {
    const end = closingQuote(text, at);
    const colon = skipBlanks(text, end + 1);
    if (end < 0 || text[colon] !== ':') return undefined;
    const key = text.slice(at + 1, end);
    const from = skipBlanks(text, colon + 1);
    const to = valueEnd(text, from);
    if (to === undefined || key.includes(BACKSLASH) || found.has(key)) return undefined;
    if (names.has(key)) found.set(key, { from, to });
    else if (names.has(key.toLowerCase())) return undefined;
    at = skipBlanks(text, to);
    if (text[at] !== ',') break;
    at = skipBlanks(text, at + 1);
  }
  return text[at] === '}' ? { members: found, end: at + 1 } : undefined;
}

/** The index behind the value that begins at `from`. Undefined when the text ends before it. */
function valueEnd(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '"') {
      at = closingQuote(text, at);
      if (at < 0) return undefined;
    } else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    else if (depth === 0 && isEnd(char)) return at;
    if (depth < 0) return at;
    if (depth === 0 && (char === '}' || char === ']' || char === '"')) return at + 1;
  }
  return undefined;
}

const isEnd = (char: string): boolean =>
  char === ',' || char === ' ' || char === '\n' || char === '\r' || char === '\t';
