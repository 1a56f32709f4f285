import { isDecodable } from '../values/escapes.js';

/** A list of URLs is cut before each of them. */
const BETWEEN_URLS = /([\s,]+)(?=[a-z][a-z0-9+.-]*:\/\/)/i;
/** curl takes `user:password@host` for a URL. A path that contains `@` has a slash before it. */
const USER_OF_HOST = /^[^/\s]*@/;

/**
 * The text with its URLs cut to scheme, host and path: user information, query and fragment may be secret. A text without them
 * stays as it is written.
 */
export const withoutCredentials = (text: string): string => text.split(BETWEEN_URLS).map(cut).join('');

function cut(text: string): string {
  if (!text.includes('://')) return text.replace(USER_OF_HOST, '');
  const url = URL.parse(text);
  // What no reader takes for a URL: rather too much than too little.
  if (!url) return text.replace(/:\/\/.*@/s, '://').replace(/[?#].*/s, '');
  const { protocol, username, password, host, pathname, search, hash } = url;
  if ([username, password, search, hash].every((part) => part === '')) return text;
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** The password of a URL in each form that it may be written in. Nothing for any other text. */
export function passwordsIn(text: string): string[] {
  const password = URL.parse(text)?.password;
  if (!password) return [];
  const written = /^[^:/]+:\/\/[^:/@]*:([^/?#]*)@/.exec(text)?.[1] ?? password;
  const forms = [password, written];
  return [...new Set([...forms, ...forms.filter(isDecodable).map(decodeURIComponent)])];
}
