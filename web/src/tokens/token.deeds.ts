import { api } from '../api/client';
import type { Token } from '../api/types';
import { changed, tellReplicas, WAIT } from '../parts/changed';

/** How a token is called in a sentence. */
export const nameOf = ({ name, token }: Pick<Token, 'name' | 'token'>): string => name ?? token;

/** Takes it away from every replica, and tells which have confirmed. */
export async function revoke(token: Token): Promise<void> {
  const params = { path: { id: token.id }, query: WAIT };
  const { response } = await api.DELETE('/manage/tokens/{id}', { params });
  changed();
  tellReplicas(`${nameOf(token)} is revoked`, response);
}

/** Brings a revoked token back: `is_active` alone is sent, so that its limit and count stay. */
export async function reactivate(token: Token): Promise<void> {
  const params = { path: { id: token.id }, query: WAIT };
  const { response } = await api.PATCH('/manage/tokens/{id}', { params, body: { is_active: true } });
  changed();
  tellReplicas(`${nameOf(token)} is active again`, response);
}
