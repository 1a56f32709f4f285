import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { Token } from '../../api/types';
import { useMinute } from '../../format/now';
import { count, percent } from '../../format/number';
import { span } from '../../format/span';
import { Ago, Time } from '../../format/time';
import type { Column } from '../../ui/table/columns';
import { WitheringBar } from '../../ui/withering.bar';
import { requestsLeft, timeLeft } from './token.left';
import type { TokenSort } from './token.sorts';
import { TokenBadge } from './token.state';

/** Its name, and how it is displayed. */
export const TokenName = ({ token: { id, name, token } }: { token: Token }): ReactElement => (
  <span className="grid min-w-0">
    <Link to="/tokens/$id" params={{ id }} className="font-[580] hover:underline underline-offset-2 truncate max-w-64">
      {name ?? 'unnamed'}
    </Link>
    <code className="text-faint text-xs whitespace-nowrap">{token}</code>
  </span>
);

const ProjectLink = ({ token: { project_id, project_name } }: { token: Token }): ReactElement => (
  <Link
    to="/projects/$id"
    params={{ id: project_id }}
    className="text-soft hover:text-ink hover:underline text-[0.8125rem]"
  >
    {project_name ?? project_id}
  </Link>
);

function RequestsLeft({ token }: { token: Token }): ReactElement {
  const left = requestsLeft(token);
  const { max_requests: most, request_count: used, remaining_requests: remaining } = token;
  return (
    <span className="grid gap-1 w-28">
      {most === null ? (
        <span>
          ∞ <span className="text-faint">{count(used)} used</span>
        </span>
      ) : (
        <span>
          {count(remaining ?? 0)} <span className="text-faint">of {count(most)}</span>
        </span>
      )}
      {left !== null && <WitheringBar slim label="Requests left" left={left} text={percent(left)} />}
    </span>
  );
}

function Expires({ token }: { token: Token }): ReactElement {
  const now = useMinute();
  const left = Date.parse(token.expires_at) - now;
  return (
    <span className="grid gap-1 w-28">
      <Time at={token.expires_at} className="text-xs text-soft whitespace-nowrap" />
      {left > 0 && <WitheringBar slim label="Time left" left={timeLeft(token, now)} text={span(left)} />}
    </span>
  );
}

/** The columns of a list of tokens. */
export const TOKEN_COLUMNS: readonly Column<Token, TokenSort>[] = [
  { id: 'name', header: 'Token', sorts: true, cell: (token) => <TokenName token={token} /> },
  { id: 'project', header: 'Project', cell: (token) => <ProjectLink token={token} /> },
  { id: 'status', header: 'Status', cell: ({ status }) => <TokenBadge status={status} /> },
  { id: 'remaining_requests', header: 'Requests left', sorts: true, cell: (token) => <RequestsLeft token={token} /> },
  { id: 'expires_at', header: 'Expires', sorts: true, cell: (token) => <Expires token={token} /> },
  { id: 'last_used_at', header: 'Last used', sorts: true, cell: ({ last_used_at: at }) => <Ago at={at} /> },
  {
    id: 'created_at',
    header: 'Created',
    sorts: true,
    cell: ({ created_at: at }) => <Time at={at} className="whitespace-nowrap" />,
  },
];
