import { type Series, SERIES_COLORS } from '../chart/series';

const [leaf, sky, straw, rust, violet, , , grey] = SERIES_COLORS;

/** The parts of a bar: ends that have one cause are one part. */
const PARTS: readonly (Series & { ends: readonly string[] })[] = [
  { key: 'ok', name: 'Answered', color: leaf, ends: ['ok'] },
  { key: 'limit', name: 'Over a limit', color: straw, ends: ['limit'] },
  { key: 'auth', name: 'Not allowed', color: violet, ends: ['auth', 'revoked'] },
  {
    key: 'upstream',
    name: 'Upstream error',
    color: rust,
    ends: ['error_response', 'upstream', 'upstream_timeout'],
  },
  { key: 'proxy', name: 'Proxy or store', color: sky, ends: ['proxy', 'store', 'drain', 'crash'] },
  { key: 'client', name: 'Client', color: grey, ends: ['client'] },
];

/** The parts of an hour, from its requests by end. */
export const partsOf = (values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    PARTS.map(({ key, ends }) => [key, ends.reduce((sum, end) => sum + (values[end] ?? 0), 0)] as const).filter(
      ([, count]) => count > 0,
    ),
  );

/** Those that have requests, in the order of the stack; `ok` always. */
export const seriesOf = (hours: readonly Readonly<Record<string, number>>[]): Series[] =>
  PARTS.filter(({ key }) => key === 'ok' || hours.some((parts) => (parts[key] ?? 0) > 0));

const WORDS: Readonly<Record<string, string>> = {
  error_response: 'The upstream answered with an error',
  client: 'The client left, or sent what cannot be served',
  upstream: 'The upstream could not be reached, or broke off',
  upstream_timeout: 'The upstream took too long',
  proxy: 'A fault of the proxy',
  store: 'The database was away',
  limit: 'A limit or cap was reached',
  auth: 'The token or its rules did not allow it',
  drain: 'A server was stopped',
  revoked: 'The token was revoked meanwhile',
  crash: 'A server crashed',
};

const NAMES: Readonly<Record<string, string>> = {
  error_response: 'Error of the upstream',
  client: 'Client left',
  upstream: 'Upstream failed',
  upstream_timeout: 'Upstream too slow',
  proxy: 'Fault of the proxy',
  store: 'Store away',
  limit: 'Over a limit',
  auth: 'Not allowed',
  drain: 'Server stopped',
  revoked: 'Revoked',
  crash: 'Server died',
};

/** An end in a few words, as the list of requests has it. */
export const endName = (end: string): string => NAMES[end] ?? end;

/** What an end means, in a sentence. */
export const endInWords = (end: string): string => WORDS[end] ?? end;
