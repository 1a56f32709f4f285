const PLAIN = 'llm_proxy_session';
/** Under TLS: browsers take it from this host alone, and send it over TLS alone (RFC 6265bis §4.1.3.2). */
const SECURE = '__Host-llm_proxy_session';

/** The names of the cookie, the better one first. */
export const COOKIE_NAMES = [SECURE, PLAIN] as const;
export type CookieName = (typeof COOKIE_NAMES)[number];

export interface SessionCookie {
  readonly name: CookieName;
  readonly value: string;
}

/** The cookie of a session in the header `Cookie`; undefined without one. */
export function sessionCookie(header: string | undefined): SessionCookie | undefined {
  if (header === undefined) return undefined;
  const pairs = new Map(header.split(';').map(pairOf));
  for (const name of COOKIE_NAMES) {
    const value = pairs.get(name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
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
