import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import type { Session } from '../api/types';
import { count } from '../format/number';
import { Ago, Time } from '../format/time';
import { changed } from '../parts/changed';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Confirm } from '../ui/overlay/confirm';
import { toast } from '../ui/overlay/toast';
import { Fault, Loading } from '../ui/state';
import { browserName } from './browser.name';
import { type CardColumn, CardTable } from '../ui/table/card.table';
import { useSessions } from './system.queries';

const sessions = (n: number): string => (n === 1 ? '1 session' : `${count(n)} sessions`);

/** How the person or the operator is called. */
const whose = ({ operator_name: operator, name }: Session): string => operator ?? name ?? 'Management token';

async function end(session: Session): Promise<void> {
  await api.DELETE('/manage/sessions/{id}', { params: { path: { id: session.id } } });
  toast('Session ended', `${whose(session)} has to sign in again.`);
  changed();
}

async function endOthers(): Promise<void> {
  const { ended_count: n } = body(await api.DELETE('/manage/sessions', { params: { query: { except: 'this' } } }));
  toast(`${sessions(n)} ended`);
  changed();
}

const End = ({ session }: { session: Session }): ReactElement => (
  <Confirm
    trigger={
      <Button kind="danger-quiet" aria-label={`End the session of ${whose(session)}`}>
        End
      </Button>
    }
    title={`End the session of ${whose(session)}?`}
    verb="End session"
    consequences={['It is signed out at once, on every replica.', 'Who knows its token can sign in again.']}
    run={() => end(session)}
  />
);

const COLUMNS: CardColumn<Session>[] = [
  {
    header: 'Name',
    cell: (session) => (
      <span className="inline-flex flex-wrap items-center gap-2">
        {whose(session)}
        {session.is_this && <Badge dot={false}>this one</Badge>}
        {session.remember && <Badge dot={false}>remembered</Badge>}
      </span>
    ),
  },
  { header: 'Address', cell: ({ client_ip: ip }) => <code>{ip}</code> },
  {
    header: 'Browser',
    cell: ({ user_agent: agent }) => <span title={agent ?? 'unknown'}>{browserName(agent)}</span>,
  },
  { header: 'Signed in', cell: ({ created_at: at }) => <Time at={at} /> },
  { header: 'Last seen', cell: ({ last_seen_at: at }) => <Ago at={at} /> },
  { header: 'Until', cell: ({ expires_at: at }) => <Time at={at} /> },
  {
    header: 'Action',
    cell: (session) =>
      session.is_this ? <span className="text-soft">sign out below</span> : <End session={session} />,
  },
];

const EndOthers = ({ others }: { others: number }): ReactElement => (
  <Confirm
    trigger={<Button kind="danger-quiet">End all others</Button>}
    title="End all other sessions?"
    verb="End sessions"
    word={others > 10 ? 'end' : undefined}
    consequences={[`${sessions(others)} ${others === 1 ? 'is' : 'are'} signed out at once, on every replica.`]}
    run={endOthers}
  />
);

/** Who is signed in to these pages. Operators that are no admins see their own. */
export function SessionsCard(): ReactElement {
  const { data, error, isPending, refetch } = useSessions();
  const others = (data?.total ?? 0) - (data?.rows.some(({ is_this: isThis }) => isThis) ? 1 : 0);
  return (
    <Card title="Sessions" pad={false} {...(others > 0 ? { actions: <EndOthers others={others} /> } : {})}>
      {isPending && <Loading label="Loading sessions" />}
      {error !== null && <Fault fault={error} retry={() => void refetch()} />}
      {data !== undefined && data.total === 0 && <p className="text-soft px-4 pb-4">Nobody is signed in.</p>}
      {data !== undefined && data.total > 0 && (
        <CardTable caption="Sessions" rows={data.rows} keyOf={({ id }) => id} columns={COLUMNS} />
      )}
      {data !== undefined && data.total > data.rows.length && (
        <p className="text-soft text-[0.8125rem] px-4 py-2.5 border-t border-line">
          These are the newest {count(data.rows.length)} of {count(data.total)}.
        </p>
      )}
      {others > 0 && (
        <div className="px-4 py-3 border-t border-line">
          <AsCommand curl={curlCall('DELETE', '/manage/sessions?except=this')} />
        </div>
      )}
    </Card>
  );
}
