/** Longer patterns are refused where they are entered. */
const MAX_PATTERN_LENGTH = 512;
/** One segment of a path, plain: an escape would spell something that could be spelled otherwise. */
const SEGMENT = /^[A-Za-z0-9._~!$&'()+,=:@-]+$/;
const ESCAPED_PERCENT = /%25/;

/** Whether a path, as the very text that is forwarded, is among the allowed ones. */
export interface PathRules {
  allows(path: string): boolean;
}

/**
 * What is wrong with a pattern, or undefined. `/v1/models` means that path alone, `/v1/files/*` one segment more,
 * `/v1/threads/**` everything below.
 */
export function pathPatternProblem(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string' || !pattern.startsWith('/v1/')) return 'must be a path that begins with /v1/';
  if (pattern.length > MAX_PATTERN_LENGTH) return `must have at most ${MAX_PATTERN_LENGTH} characters`;
  const segments = pattern.slice(1).split('/');
  if (segments.slice(0, -1).includes('**')) return 'may have ** only at its end';
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'must not contain dot segments';
  return segments.every((segment) => segment === '*' || segment === '**' || SEGMENT.test(segment))
    ? undefined
    : 'must be made of plain segments; a wildcard is a segment of its own (/v1/files/*, /v1/threads/**)';
}

/**
 * Compiles patterns that have no fault. Nothing is decoded: an escape equals no plain segment and no `*`, so that
 * no spelling sneaks in; below a `**` it may stand, except for `%25`, which a server that decodes twice turns into
 * something else. Empty segments match nothing.
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
