/** RFC 9110 §5.6.2. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TYPE = new RegExp(`^(${TOKEN})/(${TOKEN})[ \\t]*(?=;|$)`);
const PARAMETER = new RegExp(
  `^;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\\\x00-\\x08\\x0a-\\x1f\\x7f])*)"))?[ \\t]*(?=;|$)`,
);
/** No real content type is longer. */
const MAX_LENGTH = 512;

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string;
  /** Values as sent, by name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Parses a media type with the case, white space and empty parameters that RFC 9110 §8.3.1 allows. Undefined for a value
 * that two parsers could read differently: a list, a repeated parameter, an escape in a quoted string, or garbage.
 */
export function parseMediaType(text: string): MediaType | undefined {
  const value = text.replace(/^[ \t]+|[ \t]+$/g, '');
  const head = value.length <= MAX_LENGTH ? TYPE.exec(value) : null;
  if (!head) return undefined;
  const parameters = parseParameters(value.slice(head[0].length));
  return parameters && { essence: `${head[1]}/${head[2]}`.toLowerCase(), parameters };
}

function parseParameters(text: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const match = PARAMETER.exec(rest);
    const name = match?.[1]?.toLowerCase();
    if (!match || (name !== undefined && parameters.has(name))) return undefined;
    if (name !== undefined) parameters.set(name, match[2] ?? match[3] ?? '');
    rest = rest.slice(match[0].length);
  }
  return parameters;
}
