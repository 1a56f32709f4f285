import { isDecodable } from '../common/values/escapes.js';

const NOT_PLAIN = /[^\x21-\x7e]|[\\#]/;
/** `..;`, `;x=1`: path parameters, which some servers cut off before they route. */
const PATH_PARAMETER = ';';
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;
/** `.`, `/`, `\` in escapes: whoever decodes them first walks another path than the one that was checked. */
const ENCODED_SEPARATOR = /%(?:2e|2f|5c)/i;
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;

/**
 * Why a request target is refused, or undefined for a plain origin-form one (RFC 9112 §3.2.1). Every route passes here
 * before any rule or token is looked at. The query is opaque: nothing in it chooses a host or a path.
 */
export function targetProblem(target: string): string | undefined {
  if (!target.startsWith('/')) return 'it is not in origin form';
  if (target.startsWith('//')) return 'it begins with two slashes';
  if (NOT_PLAIN.test(target))
    return 'it contains a control character, a backslash, a fragment or a raw 8-bit character';
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (path.includes(PATH_PARAMETER)) return 'its path contains a semicolon';
  if (DOT_SEGMENT.test(path)) return 'its path contains a dot segment';
  return path.includes('%') ? escapeFault(path) : undefined;
}

function escapeFault(path: string): string | undefined {
  if (BROKEN_ESCAPE.test(path)) return 'its path contains a broken escape';
  if (ENCODED_SEPARATOR.test(path)) return 'its path contains an encoded dot, slash or backslash';
  if (ENCODED_CONTROL.test(path)) return 'its path contains an encoded control character';
  return isDecodable(path) ? undefined : 'its path is not UTF-8 when decoded';
}
