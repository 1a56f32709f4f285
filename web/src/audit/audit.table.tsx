import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { AuditEvent } from '../api/types';
import { Time } from '../format/time';
import { actorKind } from '../parts/audit.words';
import { OutcomeBadge } from '../parts/outcome.badge';
import type { Column } from '../ui/table/columns';
import { PlainTable } from '../ui/table/plain.table';
import { actionWords } from './actions';
import type { AuditSearch } from './search';

const Author = ({ row: { actor, actor_name: name } }: { row: AuditEvent }): ReactElement => (
  <span className="grid leading-tight">
    <span>{name ?? actorKind(actor)}</span>
    {name !== undefined && <span className="text-xs text-soft">{actorKind(actor)}</span>}
  </span>
);

const Address = ({ row: { client_ip: ip } }: { row: AuditEvent }): ReactElement =>
  ip === undefined ? <span className="text-faint">–</span> : <code>{ip}</code>;

const Details = ({ row, search }: { row: AuditEvent; search: AuditSearch }): ReactElement => (
  <Link
    to="/audit/$id"
    params={{ id: row.id }}
    search={search}
    aria-label={`Details of event ${row.seq}`}
    className="inline-block py-1 text-leaf font-[550] hover:underline"
  >
    Details
  </Link>
);

const columnsOf = (search: AuditSearch): readonly Column<AuditEvent>[] => [
  {
    id: 'time',
    header: 'Time',
    cell: ({ at }) => <Time at={at} format="ymd_hms" className="whitespace-nowrap" />,
  },
  {
    id: 'action',
    header: 'Action',
    cell: ({ action, reason }) => (
      <span className="grid leading-tight">
        <code className="font-[560] text-ink" title={actionWords(action)}>
          {action}
        </code>
        {reason !== undefined && <code className="text-xs text-soft">{reason}</code>}
      </span>
    ),
  },
  { id: 'actor', header: 'Actor', cell: (row) => <Author row={row} /> },
  { id: 'outcome', header: 'Outcome', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { id: 'address', header: 'IP Address', cell: (row) => <Address row={row} /> },
  { id: 'actions', header: 'Actions', cell: (row) => <Details row={row} search={search} /> },
];

const AuditCard = ({ row, search }: { row: AuditEvent; search: AuditSearch }): ReactElement => (
  <div className="grid gap-1.5">
    <div className="flex items-start justify-between gap-3">
      <Link to="/audit/$id" params={{ id: row.id }} search={search} className="font-[560] min-w-0 break-all">
        <code>{row.action}</code>
      </Link>
      <OutcomeBadge outcome={row.outcome} />
    </div>
    <p className="text-xs text-soft">
      <Time at={row.at} format="ymd_hms" /> · {row.actor_name ?? actorKind(row.actor)}
      {row.client_ip !== undefined && ` · ${row.client_ip}`}
    </p>
  </div>
);

/** A page of the log. */
export const AuditTable = ({
  rows,
  search,
  isBusy,
}: {
  rows: readonly AuditEvent[];
  search: AuditSearch;
  isBusy: boolean;
}): ReactElement => (
  <PlainTable
    caption="Audit events, newest first"
    rows={rows}
    columns={columnsOf(search)}
    isBusy={isBusy}
    card={(row) => <AuditCard row={row} search={search} />}
  />
);
