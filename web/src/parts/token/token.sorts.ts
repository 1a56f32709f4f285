/** The fields that the server sorts tokens by. */
export const TOKEN_SORTS = [
  'created_at',
  'expires_at',
  'last_used_at',
  'request_count',
  'remaining_requests',
  'name',
] as const;
export type TokenSort = (typeof TOKEN_SORTS)[number];
