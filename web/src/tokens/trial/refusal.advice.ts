import type { RequestRow } from '../../api/types';

const BY_CODE: Record<string, string> = {
  token_inactive: 'The token is revoked. Reactivate it on its page.',
  token_expired: 'Its time is over. Give it a later end on its page.',
  project_inactive: 'The project is inactive. Activate it on its page.',
  token_exhausted: 'Its requests are used up. Raise the limit on its page.',
  rate_limit_exceeded: 'It asks more often than its limits allow.',
  concurrency_exceeded: 'More runs at a time than its limits allow.',
  model_not_allowed: 'The token is bound to other models. Widen it on its page.',
  endpoint_not_allowed: 'The token or the server allows other endpoints. Look at the narrowing on its page.',
  ip_not_allowed: 'The token is bound to other networks. Look at the narrowing on its page.',
};

/** What to do about a request that was not answered well. */
export function adviceOn({ code, status, end }: Pick<RequestRow, 'code' | 'status' | 'end'>): string | undefined {
  if (code !== undefined) return BY_CODE[code];
  if (status === 401) return 'The upstream refuses the key of the project. Check the key on the page of the project.';
  if (status === 404) return 'The upstream has no such model or endpoint.';
  if (status === 429) return 'The upstream limits the key of the project.';
  return end === 'client' ? 'The client left before the end.' : undefined;
}
