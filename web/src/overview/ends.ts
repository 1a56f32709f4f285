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
