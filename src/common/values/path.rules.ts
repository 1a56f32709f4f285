/** Longer patterns are refused when they are entered. */
const MAX_PATTERN_LENGTH = 512;
/** A segment without percent escapes, because an escape is a second spelling of the same path. */
const SEGMENT = /^[A-Za-z0-9._~!$&'()+,=:@-]+$/;
const ESCAPED_PERCENT = /%25/;

/** A set of allowed paths. */
export interface PathRules {
  /** `path` is the text that is forwarded, without its query. */
  allows(path: string): boolean;
}

/**
 * What is wrong with a pattern; undefined for a valid one. `/v1/models` matches this path only, `/v1/files/*` one more
 * segment, `/v1/threads/**` everything below.
 */
export function pathPatternProblem(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string' || !pattern.startsWith('/v1/')) return 'must be a path that begins with /v1/';
  if (pattern.length > MAX_PATTERN_LENGTH) return `must have at most ${MAX_PATTERN_LENGTH} characters`;
  const segments = pattern.slice(1).split('/');
  if (segments.slice(0, -1).includes('**')) return 'must not contain ** except as its last segment';
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'must not contain dot segments';
  return segments.every((segment) => segment === '*' || segment === '**' || SEGMENT.test(segment))
    ? undefined
    : 'must have segments without percent escapes and empty segments; a wildcard is a whole segment (/v1/files/*, /v1/threads/**)';
}

/**
 * Compiles valid patterns. Paths are compared without decoding: a segment with an escape matches neither a literal segment
 * nor `*`, so that no second spelling of a path passes. `**` matches escapes, except `%25`, which a server that decodes
 * twice would turn into another path. Empty segments match nothing.
 */
export function compilePaths(patterns: readonly string[]): PathRules {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('/'));
  return {
    allows: (path) => exact.has(path) || (wild.length > 0 && isRegular(path) && anyMatches(wild, path.split('/'))),
  };
}

const isRegular = (path: string): boolean => !path.includes('//') && !path.endsWith('/') && !ESCAPED_PERCENT.test(path);

const anyMatches = (patterns: readonly string[][], path: readonly string[]): boolean =>
  patterns.some((pattern) => matches(pattern, path));

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const deep = pattern.at(-1) === '**';
  if (deep ? path.length < pattern.length : path.length !== pattern.length) return false;
  return pattern.every((segment, i) => {
    if (segment === '**') return true;
    return segment === '*' ? !path[i]!.includes('%') : segment === path[i];
  });
}
