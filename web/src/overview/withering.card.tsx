import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { Overview, Token } from '../api/types';
import { useMinute } from '../format/now';
import { count } from '../format/number';
import { minutesSpan } from '../format/span';
import { requestsLeft, timeLeft } from '../parts/token/token.left';
import { TokenBadge } from '../parts/token/token.state';
import { Card } from '../ui/card';
import { WitheringBar } from '../ui/withering.bar';

function WitheringRow({ token }: { token: Token }): ReactElement {
  const now = useMinute();
  const { id, name, token: shown, project_name: project, max_requests: most, remaining_requests: left } = token;
  return (
    <li className="grid grid-cols-[1.4fr_1fr_1fr_auto] max-sm:grid-cols-2 items-center gap-x-5 gap-y-2 py-2.5 border-t border-line first:border-t-0">
      <span className="min-w-0 grid">
        <Link to="/tokens/$id" params={{ id }} className="font-[580] hover:underline underline-offset-2 truncate">
          {name ?? shown}
        </Link>
        <span className="text-xs text-faint truncate">{project}</span>
      </span>
      <span className="min-w-0 max-sm:order-2">
        <WitheringBar label="Time" left={timeLeft(token, now)} text={minutesSpan(Date.parse(token.expires_at) - now)} />
      </span>
      <span className="min-w-0 max-sm:order-2">
        <WitheringBar label="Requests" left={requestsLeft(token)} text={most === null ? '∞' : count(left ?? 0)} />
      </span>
      <span className="justify-self-end max-sm:order-1">
        <TokenBadge status={token.status} />
      </span>
    </li>
  );
}

/** The tokens that end next. */
export const WitheringCard = ({ overview: { withering, tokens } }: { overview: Overview }): ReactElement => (
  <Card
    title="Withering soon"
    actions={
      tokens.withering > 0 && (
        <Link
          to="/tokens"
          search={{ status: 'withering', sort: 'expires_at' }}
          className="text-[0.8125rem] text-leaf hover:underline underline-offset-2"
        >
          All {count(tokens.withering)}
        </Link>
      )
    }
  >
    {withering.length === 0 ? (
      <p className="text-soft text-[0.8125rem]">No token has a fifth or less of its time or requests left.</p>
    ) : (
      <ul className="grid">
        {withering.map((token) => (
          <WitheringRow key={token.id} token={token} />
        ))}
      </ul>
    )}
  </Card>
);
