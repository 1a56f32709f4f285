import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { Token } from '../../api/types';
import { useMinute } from '../../format/now';
import { count } from '../../format/number';
import { minutesSpan } from '../../format/span';
import { Ago } from '../../format/time';
import { DataTable, type DataTableProps } from '../../ui/table/data.table';
import { WitheringBar } from '../../ui/withering.bar';
import { TOKEN_COLUMNS } from './token.columns';
import { requestsLeft, timeLeft } from './token.left';
import type { TokenSort } from './token.sorts';
import { TokenBadge } from './token.state';

export type TokenTableProps = Omit<DataTableProps<Token, TokenSort>, 'caption' | 'columns' | 'card' | 'nameOf'> & {
  caption?: string;
  /** `TOKEN_COLUMNS`, unless the page adds optional ones. */
  columns?: DataTableProps<Token, TokenSort>['columns'];
};

const remaining = (end: string, now: number): string =>
  Date.parse(end) <= now ? 'over' : minutesSpan(Date.parse(end) - now);

/** A token on a phone. */
function TokenCard({ token }: { token: Token }): ReactElement {
  const now = useMinute();
  const left = requestsLeft(token);
  const { id, name, token: shown, status, project_name, last_used_at, expires_at, remaining_requests } = token;
  return (
    <div className="grid gap-2">
      <div className="flex items-start justify-between gap-3">
        <span className="grid min-w-0">
          <Link to="/tokens/$id" params={{ id }} className="font-[580] truncate">
            {name ?? 'unnamed'}
          </Link>
          <code className="text-faint text-xs">{shown}</code>
        </span>
        <TokenBadge status={status} />
      </div>
      <p className="text-xs text-soft">
        {project_name} ·{' '}
        {last_used_at === null ? (
          'never used'
        ) : (
          <>
            used <Ago at={last_used_at} />
          </>
        )}
      </p>
      <div className="grid grid-cols-2 gap-4">
        <WitheringBar label="Time" left={timeLeft(token, now)} text={remaining(expires_at, now)} />
        <WitheringBar label="Requests" left={left} text={left === null ? '∞' : count(remaining_requests ?? 0)} />
      </div>
    </div>
  );
}

/** A page of tokens; the cards of a phone too. */
export const TokenTable = ({ caption = 'Tokens', columns = TOKEN_COLUMNS, ...rest }: TokenTableProps): ReactElement => (
  <DataTable
    {...rest}
    caption={caption}
    columns={columns}
    nameOf={({ name, token }) => name ?? token}
    card={(token) => <TokenCard token={token} />}
  />
);
