const PLAIN = 'llm_proxy_session';
/** Under TLS: browsers take it from this host alone, and send it over TLS alone (RFC 6265bis §4.1.3.2). */
const SECURE = '__Host-llm_proxy_session';

/** The names of the cookie, the better one first. */
export const COOKIE_NAMES = [SECURE, PLAIN] as const;
type CookieName = (typeof COOKIE_NAMES)[number];

/** What the header `Cookie` has under these names, in their order: the first decides. */
export function sessionSecrets(header: string | undefined): string[] {
  if (header === undefined) return [];
  const pairs = new Map(header.split(';').map(pairOf));
  return COOKIE_NAMES.map((name) => pairs.get(name)).filter((value) => value !== undefined);
}

function pairOf(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  return [pair.slice(0, Math.max(equals, 0)).trim(), pair.slice(equals + 1).trim()];
}

const attributesOf = (name: CookieName): string =>
  `Path=/; HttpOnly; SameSite=Strict${name === SECURE ? '; Secure' : ''}`;

/** A value of `Set-Cookie`. Without `maxAgeMs` the cookie ends with the browser. */
export function setCookie(value: string, isSecure: boolean, maxAgeMs?: number): string {
  const name = isSecure ? SECURE : PLAIN;
  const maxAge = maxAgeMs === undefined ? '' : `; Max-Age=${Math.floor(maxAgeMs / 1000)}`;
  return `${name}=${value}; ${attributesOf(name)}${maxAge}`;
}

/** A value of `Set-Cookie` that takes the cookie away. */
export const clearCookie = (name: CookieName): string => `${name}=; ${attributesOf(name)}; Max-Age=0`;
