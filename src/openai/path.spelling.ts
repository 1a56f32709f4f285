import { posix } from 'node:path';

/** A path with more layers of percent-encoding is refused: no known server decodes so often. */
const MAX_LAYERS = 4;

/**
 * True when any server could read `path` as one of `endpoints` or as a path below it: decoded several times, in another case,
 * with repeated slashes. For deny lists only, because it errs on the side of true.
 */
export function mayBeBelow(path: string, ...endpoints: string[]): boolean {
  const plain = path.includes('%') ? decoded(path) : path;
  if (plain === undefined) return true;
  const folded = `${plain}/`.replace(/\/{2,}/g, '/').toLowerCase();
  return endpoints.some((endpoint) => folded.startsWith(`${endpoint}/`));
}

/** The path decoded until nothing changes, dot segments resolved; undefined when MAX_LAYERS do not suffice. */
function decoded(path: string): string | undefined {
  let text = path;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const next = decodedOnce(text);
    if (next === text) return posix.normalize(text);
    text = next;
  }
  return undefined;
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
