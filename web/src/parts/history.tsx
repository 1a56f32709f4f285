import type { ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body } from '../api/client';
import type { AuditEvent, AuditList } from '../api/types';
import { count } from '../format/number';
import { Ago } from '../format/time';
import { Card } from '../ui/card';
import { Fault } from '../ui/state';
import { actorName, changesOf, valueText } from './audit.words';
import { OutcomeBadge } from './outcome.badge';
import type { Scope } from './scope';

const SHOWN = 8;

/** The audit rows of a token or a project, the newest first. */
const useRows = ({ tokenId, projectId }: Scope) => {
  const query = { ...(tokenId === undefined ? { project_id: projectId } : { token_id: tokenId }), page_size: SHOWN };
  return useQuery({
    queryKey: ['/manage/audit', query],
    queryFn: async ({ signal }): Promise<AuditList> =>
      body(await api.GET('/manage/audit', { params: { query }, signal })),
  });
};

function Changes({ row }: { row: AuditEvent }): ReactElement | null {
  const changes = changesOf(row);
  if (changes.length === 0) return null;
  return (
    <span className="text-soft text-xs break-all">
      {changes.map(({ field, from, to }, index) => (
        <span key={field}>
          {index > 0 && ', '}
          <code>{field}</code>{' '}
          {from === undefined || from === null ? valueText(to) : `${valueText(from)} → ${valueText(to)}`}
        </span>
      ))}
    </span>
  );
}

const Row = ({ row }: { row: AuditEvent }): ReactElement => (
  <li className="grid gap-0.5 py-2 border-t border-line first:border-t-0">
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Link to="/audit/$id" params={{ id: row.id }} className="font-[560] hover:underline">
        <code>{row.action}</code>
      </Link>
      {row.outcome !== 'success' && <OutcomeBadge outcome={row.outcome} />}
      <span className="text-soft">by {actorName(row)}</span>
      <span className="flex-1" />
      <span className="text-soft text-xs">
        <Ago at={row.at} />
      </span>
    </span>
    <Changes row={row} />
  </li>
);

/** What was done to a token or a project, and by whom. */
export function History(scope: Scope): ReactElement {
  const list = useRows(scope);
  const { tokenId, projectId } = scope;
  const { events = [], pagination } = list.data ?? {};
  return (
    <Card
      title="History"
      actions={
        events.length > 0 && (
          <Link
            to="/audit"
            search={tokenId === undefined ? { project_id: projectId } : { token_id: tokenId }}
            className="text-[0.8125rem] text-leaf hover:underline"
          >
            All{pagination && !pagination.total_is_minimum ? ` ${count(pagination.total_count)}` : ''}
          </Link>
        )
      }
    >
      {list.isError && <Fault fault={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && events.length === 0 && <p className="text-soft">The audit log has no row about it.</p>}
      <ul>
        {events.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
    </Card>
  );
}
