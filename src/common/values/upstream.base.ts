/** What is wrong with a text as the base URL of an upstream, or undefined when nothing is. */
export function upstreamBaseProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is no URL: write https://host or https://host/prefix';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username || url.password) return 'must not contain a user name or a password';
  if (text.includes('?') || text.includes('#')) return 'must not contain a query or a fragment';
  if (/[\\\s]|%|\/\.{1,2}(?:\/|$)|[^:]\/\//.test(text)) return 'must have a plain path';
  if (/\/v1\/?$/.test(url.pathname)) return 'must not end with /v1: every request brings that part itself';
  return undefined;
}

export interface UpstreamBase {
  /** Scheme, host and port. */
  origin: string;
  /** What stands before `/v1` in every request; empty or `/prefix`, never ending in a slash. */
  prefix: string;
}

export function parseUpstreamBase(text: string): UpstreamBase {
  const url = new URL(text);
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}
