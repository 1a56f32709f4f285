/** Longer globs are refused when they are entered. */
export const MAX_GLOB_LENGTH = 256;
/** A longer text matches no glob with a `*`, which limits the cost of a match. */
export const MAX_GLOB_TEXT = 1024;

/** Whether a text matches; works without backtracking. */
export type Glob = (text: string) => boolean;

/** `*` matches any number of characters; every other character matches itself, case-sensitively. */
export function compileGlob(pattern: string): Glob {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== '');
  return (text) => text.length <= MAX_GLOB_TEXT && matches(text, head, middle, tail);
}

/** Matches each literal part as far left as possible, which leaves the longest rest for the next parts. */
function matches(text: string, head: string, middle: readonly string[], tail: string): boolean {
  if (!text.startsWith(head)) return false;
  let from = head.length;
  for (const part of middle) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - from >= tail.length && text.endsWith(tail);
}

/** What is wrong with a glob; undefined for a valid one. */
export function globProblem(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string' || pattern === '') return 'must be text, such as gpt-4o or gpt-4o-*';
  if (pattern.length > MAX_GLOB_LENGTH) return `must have at most ${MAX_GLOB_LENGTH} characters`;
  // oxlint-disable-next-line no-control-regex -- the expression detects them
  return /[\u0000-\u001f\u007f\ud800-\udfff]/u.test(pattern) ? 'must not contain control characters' : undefined;
}
