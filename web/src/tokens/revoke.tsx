import type { ReactElement, ReactNode } from 'react';
import type { Token } from '../api/types';
import { Ago } from '../format/time';
import { Confirm, type ConfirmProps } from '../ui/overlay/confirm';
import { nameOf, revoke } from './token.deeds';

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
const Revoke = ({ token, ...rest }: RevokeProps): ReactElement => (
  <Confirm
    {...rest}
    title={`Revoke token ${nameOf(token)}?`}
    verb="Revoke token"
    consequences={consequences(token)}
    run={() => revoke(token)}
  />
);

export default Revoke;
