/** What ends a request, as the server says it. */
export const ENDS = [
  'ok',
  'client',
  'upstream',
  'upstream_timeout',
  'proxy',
  'store',
  'limit',
  'auth',
  'drain',
  'revoked',
  'crash',
] as const;
export type End = (typeof ENDS)[number];
