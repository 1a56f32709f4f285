/** RFC 9110 §5.6.2. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TYPE = new RegExp(`^(${TOKEN})/(${TOKEN})[ \\t]*(?=;|$)`);
const PARAMETER = new RegExp(
  `^;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\\\x00-\\x08\\x0a-\\x1f\\x7f])*)"))?[ \\t]*(?=;|$)`,
);
/** Longer ones are nobody's content type. */
const MAX_LENGTH = 512;

export interface MediaType {
  /** Lower-case `type/subtype`. */
  readonly essence: string;
  /** By lower-case name, in their own case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * RFC 9110 §8.3.1: any case, any white space that it allows, empty parameters. Undefined for whatever two readers
 * could understand in two ways: a list, a parameter twice, an escape within quotes, junk.
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
