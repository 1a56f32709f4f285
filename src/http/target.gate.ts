import { isDecodable } from '../common/values/escapes.js';

const NOT_PLAIN = /[^\x21-\x7e]|[\\#]/;
/** Some servers remove path parameters (`..;`, `;x=1`) before they route. */
const PATH_PARAMETER = ';';
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;
/** Escapes of `.`, `/` and `\`: a server that decodes them first routes another path than the one that was checked. */
const ENCODED_SEPARATOR = /%(?:2e|2f|5c)/i;
const ENCODED_SLASH = /%2f/gi;
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;

/**
 * What is wrong with a request target; undefined for a plain one in origin form (RFC 9112 §3.2.1). It is called for every
 * request, before any token or rule is checked. The query may contain anything, because it chooses neither host nor path.
 * Encoded slashes pass only where a provider allows them, and never make a dot segment or an empty one.
 */
export function targetProblem(target: string, allowsEncodedSlash = false): string | undefined {
  if (!target.startsWith('/')) return 'it is not in origin form';
  if (target.startsWith('//')) return 'it begins with two slashes';
  if (NOT_PLAIN.test(target))
    return 'it contains a control character, a backslash, a fragment or a raw 8-bit character';
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (path.includes(PATH_PARAMETER)) return 'its path contains a semicolon';
  if (DOT_SEGMENT.test(path)) return 'its path contains a dot segment';
  return path.includes('%') ? escapeProblem(path, allowsEncodedSlash) : undefined;
}

/** Whether a path has an encoded slash. */
export const hasEncodedSlash = (path: string): boolean => path.includes('%2f') || path.includes('%2F');

function escapeProblem(path: string, allowsEncodedSlash: boolean): string | undefined {
  if (BROKEN_ESCAPE.test(path)) return 'its path contains an invalid percent escape';
  if (allowsEncodedSlash && hasEncodedSlash(path)) return encodedSlashProblem(path);
  if (ENCODED_SEPARATOR.test(path)) return 'its path contains an encoded dot, slash or backslash';
  if (ENCODED_CONTROL.test(path)) return 'its path contains an encoded control character';
  return isDecodable(path) ? undefined : 'its path is not UTF-8 when decoded';
}

/** What is wrong with the path that a server reads when it decodes the slashes first. */
function encodedSlashProblem(path: string): string | undefined {
  const decoded = path.replace(ENCODED_SLASH, '/');
  if (DOT_SEGMENT.test(decoded)) return 'its path contains a dot segment';
  return decoded.includes('//')
    ? 'its path contains an empty segment beside an encoded slash'
    : escapeProblem(decoded, false);
}
