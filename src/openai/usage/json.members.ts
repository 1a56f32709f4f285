/** Values of JSON members by name, each as its JSON text. */
export type Members = Map<string, string>;

/** Members of the whole document, and those `level` deep, which are the same for level 1. */
export interface MembersFound {
  readonly top: Members;
  readonly inner: Members;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** The index of the first character from `at` on that is not blank. */
export function skipBlanks(text: string, at: number): number {
  let next = at;
  while (isBlank(text.charCodeAt(next))) next += 1;
  return next;
}

function skipBlanksBack(text: string, at: number): number {
  let next = at;
  while (next >= 0 && isBlank(text.charCodeAt(next))) next -= 1;
  return next;
}

function emptyFound(level: number): MembersFound {
  const top: Members = new Map();
  return { top, inner: level === 1 ? top : new Map() };
}

/** The list that a member of this depth belongs to. */
function listAt(found: MembersFound, depth: number, level: number): Members | undefined {
  if (depth === level) return found.inner;
  return depth === 1 ? found.top : undefined;
}

/** The quote that ends the string which begins at `at`; -1 for a string without an end. */
export function closingQuote(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next += 1) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) return next;
    if (code === BACKSLASH) next += 1;
  }
  return -1;
}

/** The quote that begins the string which ends at `at`; -1 for a string without a beginning. */
function openingQuote(text: string, at: number): number {
  for (let next = at - 1; next >= 0; next -= 1)
    if (text.charCodeAt(next) === QUOTE && !isEscaped(text, next)) return next;
  return -1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}

/**
 * Reads a complete document from its end. A document ends at depth 0, so the depth of every member is known without its
 * beginning, and text that looks like a member is never taken for one. The last of members with one name counts, as in
 * JSON.parse. `isDone` is asked after each member of a wanted depth, with the index of its name.
 */
export function membersFromEnd(
  text: string,
  level: number,
  isDone: (found: MembersFound, at: number) => boolean,
): MembersFound {
  const found = emptyFound(level);
  const ends: number[] = [];
  let depth = 0;
  for (let at = skipBlanksBack(text, text.length - 1); at >= 0; at -= 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = openingQuote(text, at);
    else if (code === CLOSE || code === CLOSE_LIST) ends[(depth += 1)] = at;
    else if (code === OPEN || code === OPEN_LIST) depth -= 1;
    else if (code === COMMA) ends[depth] = at;
    else if (code === COLON) {
      const list = listAt(found, depth, level);
      const keyEnd = skipBlanksBack(text, at - 1);
      const key = openingQuote(text, keyEnd);
      if (list && key >= 0) {
        const name = text.slice(key + 1, keyEnd);
        if (!list.has(name)) list.set(name, text.slice(at + 1, ends[depth]));
        if (isDone(found, key)) return found;
      }
      at = key;
    }
    if (at < 0 || depth <= 0) return found;
  }
  return found;
}

/**
 * Reads a document from its beginning, at most `limit` characters of it. The document may break off: a member without an
 * end is not found. The last of members with one name counts.
 */
export function membersFromStart(
  text: string,
  level: number,
  limit: number,
  isDone: (found: MembersFound) => boolean = () => false,
): MembersFound {
  const found = emptyFound(level);
  const keys: (string | undefined)[] = [];
  const starts: number[] = [];
  let depth = 0;
  const close = (at: number): boolean => {
    const key = keys[depth];
    if (key === undefined) return false;
    keys[depth] = undefined;
    listAt(found, depth, level)?.set(key, text.slice(starts[depth], at));
    return isDone(found);
  };
  const end = Math.min(limit, text.length);
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const last = closingQuote(text, at);
      if (last < 0) return found;
      const colon = depth <= level ? skipBlanks(text, last + 1) : -1;
      if (colon > 0 && text.charCodeAt(colon) === COLON) {
        keys[depth] = text.slice(at + 1, last);
        starts[depth] = colon + 1;
        at = colon;
      } else at = last;
    } else if (code === OPEN || code === OPEN_LIST) keys[(depth += 1)] = undefined;
    else if (code === CLOSE || code === CLOSE_LIST) {
      if (close(at)) return found;
      depth -= 1;
      if (depth <= 0) return found;
    } else if (code === COMMA && close(at)) return found;
  }
  return found;
}
