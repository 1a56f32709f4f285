import type { Variables } from '../values/variables.js';

export interface ParsedEnv {
  variables: Variables;
  /** What is not understood, in words that never repeat the text of a line: it may be a secret. */
  problems: { line: number; message: string }[];
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/;
const BLANK_OR_COMMENT = /^\s*(?:#|$)/;
const NOT_UNDERSTOOD = 'is not understood: write NAME=value, or # in front of a comment';
/** The escapes of double quotes (https://docs.docker.com/reference/compose-file/env-file/). */
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * The variables of the text of an `.env` file, as Docker Compose and shells read them: a comment in a line begins after
 * white space, quotes may span lines, `\n` and its kin are escapes in double quotes alone. The last of several values counts.
 */
export function parseEnvText(text: string): ParsedEnv {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const parsed: ParsedEnv = { variables: {}, problems: [] };
  for (let at = 0; at < lines.length;) at += readLine(lines, at, parsed);
  return parsed;
}

/** Returns the number of lines that were read. */
function readLine(lines: readonly string[], at: number, { variables, problems }: ParsedEnv): number {
  const line = lines[at]!;
  if (BLANK_OR_COMMENT.test(line)) return 1;
  const [start, name] = ASSIGNMENT.exec(line) ?? [];
  if (start === undefined || name === undefined) {
    problems.push({ line: at + 1, message: NOT_UNDERSTOOD });
    return 1;
  }
  const rest = line.slice(start.length);
  const quote = /^["'`]/.exec(rest)?.[0];
  if (quote === undefined) {
    variables[name] = rest.replace(/(?:^|\s)#.*$/, '').trim();
    return 1;
  }
  const value = quotedValue(quote, [rest, ...lines.slice(at + 1)]);
  if (typeof value === 'string') problems.push({ line: at + 1, message: `${value} in the value of ${name}` });
  else variables[name] = value.text;
  return typeof value === 'string' ? 1 : value.lines;
}

/** The value of a quoted text and the lines that it spans, or what is wrong with it. */
function quotedValue(quote: string, lines: readonly string[]): { text: string; lines: number } | string {
  const text = lines.join('\n');
  const end = closingQuote(quote, text);
  if (end === -1) return `has no closing ${quote}`;
  if (!BLANK_OR_COMMENT.test(/^.*/.exec(text.slice(end + 1))![0])) return `has text after the closing ${quote}`;
  const inner = text.slice(1, end);
  return { text: quote === '"' ? unescaped(inner) : inner, lines: inner.split('\n').length };
}

function closingQuote(quote: string, text: string): number {
  for (let at = 1; at < text.length; at += 1)
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  return -1;
}

const unescaped = (text: string): string =>
  text.replace(/\\([^])/g, (escape, letter: string) => ESCAPES[letter] ?? escape);
