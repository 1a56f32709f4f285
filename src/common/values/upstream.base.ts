/** What is wrong with the base URL of an upstream; undefined for a valid one. The sentence does not repeat the text. */
export function upstreamBaseProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://host or https://host/prefix';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username || url.password) return 'must not contain a user name or a password';
  if (text.includes('?') || text.includes('#')) return 'must not contain a query or a fragment';
  if (/[\\\s]|%|\/\.{1,2}(?:\/|$)|[^:]\/\//.test(text))
    return 'must have a path without spaces, backslashes, percent escapes, dot segments and empty segments';
  if (/\/v1\/?$/.test(url.pathname)) return 'must not end with /v1, because every request path begins with it';
  return undefined;
}

export interface UpstreamBase {
  /** Scheme, host and port. */
  origin: string;
  /** The path in front of `/v1`: empty, or `/prefix` without a slash at the end. */
  prefix: string;
}

/** Parses a valid base URL. */
export function parseUpstreamBase(text: string): UpstreamBase {
  const url = new URL(text);
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}
