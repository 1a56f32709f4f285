import type { ReactElement, ReactNode } from 'react';
import type { Token } from '../api/types';
import { Ago } from '../format/time';
import { ConfirmEnd, type ConfirmEndProps } from '../parts/running/confirm.end';
import { nameOf, revoke } from './token.deeds';

const consequences = (token: Token, ends: string): ReactNode[] => [
  'Are you sure you want to revoke this token?',
  <>
    Its app gets 401 <code>token_inactive</code> from the next request on.
  </>,
  ends,
  <>
    It was last used: <Ago at={token.last_used_at} />.
  </>,
  'You can reactivate it later; limit and count stay.',
];

export type RevokeProps = { token: Token } & Pick<ConfirmEndProps, 'trigger' | 'isOpen' | 'onOpenChange'>;

/** Asks before a token is revoked, and tells which replicas have it in force. */
const Revoke = ({ token, ...rest }: RevokeProps): ReactElement => (
  <ConfirmEnd
    {...rest}
    scope={{ tokenId: token.id }}
    wordWhileRunning={token.name ?? 'revoke'}
    title={`Revoke token ${nameOf(token)}?`}
    verb="Revoke token"
    consequences={(ends) => consequences(token, ends)}
    run={() => revoke(token)}
  />
);

export default Revoke;
