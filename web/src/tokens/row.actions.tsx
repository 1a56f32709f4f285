import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import { Ban, Pencil, RotateCcw } from 'lucide-react';
import type { Token } from '../api/types';
import { nameOf } from './token.deeds';

const LOOK = 'inline-grid place-items-center size-8 rounded-control text-soft hover:bg-hover hover:text-ink';

export interface RowActionsProps {
  token: Token;
  onRevoke: () => void;
  onReactivate: () => void;
}

/** At the end of a row. Plain elements: a page has a hundred of them. */
export const RowActions = ({ token, onRevoke, onReactivate }: RowActionsProps): ReactElement => (
  <span className="inline-flex">
    <Link
      to="/tokens/$id/edit"
      params={{ id: token.id }}
      className={LOOK}
      title="Edit"
      aria-label={`Edit ${nameOf(token)}`}
      preload={false}
    >
      <Pencil size={15} aria-hidden />
    </Link>
    {token.is_active ? (
      <button type="button" className={LOOK} title="Revoke" aria-label={`Revoke ${nameOf(token)}`} onClick={onRevoke}>
        <Ban size={15} aria-hidden />
      </button>
    ) : (
      <button
        type="button"
        className={LOOK}
        title="Reactivate"
        aria-label={`Reactivate ${nameOf(token)}`}
        onClick={onReactivate}
      >
        <RotateCcw size={15} aria-hidden />
      </button>
    )}
  </span>
);
