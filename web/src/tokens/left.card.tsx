import { type ReactElement, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body } from '../api/client';
import type { Token, Usage } from '../api/types';
import { useNow } from '../format/now';
import { count } from '../format/number';
import { span } from '../format/span';
import { requestsLeft, timeLeft } from '../parts/token/token.left';
import { Card } from '../ui/card';
import { WitheringBar } from '../ui/withering.bar';
import { outlook } from './outlook';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Requests of the last 24 hours, refused ones apart: those take nothing. */
function useLastDay(id: string): number | undefined {
  const [to] = useState(() => Math.ceil(Date.now() / HOUR_MS) * HOUR_MS);
  const query = {
    token_id: id,
    interval: 'hour',
    from: new Date(to - DAY_MS).toISOString(),
    to: new Date(to).toISOString(),
  } as const;
  return useQuery({
    queryKey: ['/manage/usage', query],
    // CSV is the other form of the answer, and not asked for.
    queryFn: async ({ signal }) => body(await api.GET('/manage/usage', { params: { query }, signal })) as Usage,
  }).data?.totals.requests;
}

/** Time and requests that a token still has, and which of them ends first. */
export function LeftCard({ token }: { token: Token }): ReactElement {
  const now = useNow();
  const time = Date.parse(token.expires_at) - now;
  const left = requestsLeft(token);
  const sentence = outlook(token, useLastDay(token.id), now);
  const shared = token.replaces ?? token.replaced_by;
  return (
    <Card title="What is left">
      <div className="grid gap-5">
        <WitheringBar label="Time" left={timeLeft(token, now)} text={time > 0 ? span(time) : 'expired'} />
        <WitheringBar
          label="Requests"
          left={left}
          text={
            left === null
              ? `∞, ${count(token.request_count)} used`
              : `${count(token.remaining_requests ?? 0)} of ${count(token.max_requests ?? 0)}`
          }
        />
        {sentence !== undefined && <p className="text-[0.8125rem] text-soft">{sentence}</p>}
        {shared !== undefined && (
          <p className="text-[0.8125rem] text-soft">
            {token.replaces === undefined ? 'It is replaced by ' : 'It replaces '}
            <Link to="/tokens/$id" params={{ id: shared }} className="text-leaf underline underline-offset-2">
              another token
            </Link>
            {token.max_requests === null ? '.' : '; the requests of both count against one limit.'}
          </p>
        )}
      </div>
    </Card>
  );
}
