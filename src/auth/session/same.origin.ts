import type { IncomingHttpHeaders } from 'node:http';

export interface CookieCall {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The host that the client asked for: of `X-Forwarded-Host` behind a trusted proxy. */
  readonly host: string;
}

/** The web interface sends it with each call. No page of another origin can set it without a preflight, which nothing answers. */
export const SESSION_CALL_HEADER = 'x-llm-proxy-admin';

const READING = new Set(['GET', 'HEAD']);

/**
 * Why a call with a cookie may have been made by a page of another origin; undefined when it was not. The browser says so
 * itself in `Sec-Fetch-Site` (W3C Fetch Metadata); over http a browser sends only `Origin`, and a read has neither.
 */
export function crossSiteProblem({ method, headers, host }: CookieCall): string | undefined {
  const isRead = READING.has(method);
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site !== undefined) {
    if (site !== 'same-origin' && !(isRead && site === 'none')) return `Sec-Fetch-Site is ${known(site)}`;
  } else if (origin !== undefined && hostOf(origin) !== hostOf(`${schemeOf(origin)}//${host}`))
    return `the host of its Origin${shownHost(origin)} is not ${shownText(host)}, the host that this server was asked for`;
  if (isRead) return undefined;
  if (site === undefined && origin === undefined) return 'it has neither Sec-Fetch-Site nor Origin';
  return headers[SESSION_CALL_HEADER] === '1' ? undefined : `it lacks the header ${SESSION_CALL_HEADER}: 1`;
}

const SITES = new Set(['cross-site', 'same-site', 'none']);
const known = (site: string | string[]): string => (SITES.has(String(site)) ? String(site) : 'not known');

/** Without the port that its scheme has anyway; undefined for what is no origin. */
const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

const schemeOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).protocol : 'http:');

const HOST = /^[\w.:[\]-]{1,255}$/;
const shownText = (host: string): string => (HOST.test(host) ? host : 'the same');
const shownHost = (origin: string): string => {
  const host = hostOf(origin);
  return host !== undefined && HOST.test(host) ? `, ${host},` : '';
};
