import type { ReactElement, ReactNode } from 'react';
import { api } from '../api/client';
import type { Token } from '../api/types';
import { Ago } from '../format/time';
import { changed, tellReplicas } from '../parts/changed';
import { Confirm, type ConfirmProps } from '../ui/overlay/confirm';

const WAIT = { wait: 'replicas' } as const;

/** How a token is called in a sentence. */
export const nameOf = ({ name, token }: Pick<Token, 'name' | 'token'>): string => name ?? token;

async function revoke(token: Token): Promise<void> {
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

const consequences = (token: Token): ReactNode[] => [
  'Are you sure you want to revoke this token?',
  <>
    Its app gets 401 <code>token_inactive</code> from the next request on.
  </>,
  'What is running with it ends within 250 ms.',
  <>
    It was last used: <Ago at={token.last_used_at} />.
  </>,
  'You can reactivate it later; limit and count stay.',
];

export type RevokeProps = { token: Token } & Pick<ConfirmProps, 'trigger' | 'isOpen' | 'onOpenChange'>;

/** Asks before a token is revoked, and tells which replicas have it in force. */
export const Revoke = ({ token, ...rest }: RevokeProps): ReactElement => (
  <Confirm
    {...rest}
    title={`Revoke token ${nameOf(token)}?`}
    verb="Revoke token"
    consequences={consequences(token)}
    run={() => revoke(token)}
  />
);
