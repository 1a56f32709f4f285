import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { RequestRow } from '../api/types';
import { bytes, compact, count, ms, usd } from '../format/number';
import { Time } from '../format/time';
import { endWords } from '../parts/ends';
import { Badge } from '../ui/badge';
import type { Column } from '../ui/table/columns';
import { toneOf } from './tone';
import type { RequestsSearch } from './search';

const Nothing = (): ReactElement => <span className="text-faint">–</span>;

export const StatusBadge = ({ row }: { row: Pick<RequestRow, 'status' | 'end'> }): ReactElement => (
  <Badge dot={false} tone={toneOf(row)}>
    {row.status ?? 'none'}
  </Badge>
);

/** What ended it. Answered ones are quiet. */
export const End = ({ row: { end, code } }: { row: Pick<RequestRow, 'end' | 'code'> }): ReactElement => (
  <span className="grid leading-tight">
    <span className={end === 'ok' ? 'text-faint' : 'text-rust'}>{endWords(end)}</span>
    {code !== undefined && (
      <code className="text-xs text-soft truncate max-w-32" title={code}>
        {code}
      </code>
    )}
  </span>
);

/** Who called. */
export const Caller = ({
  row: { project_id, project_name, token_id, token_name },
}: {
  row: RequestRow;
}): ReactElement =>
  project_id === undefined ? (
    <span className="text-faint">unknown</span>
  ) : (
    <span className="grid leading-tight min-w-0">
      <span className="truncate max-w-36">{project_name ?? project_id}</span>
      {token_id !== undefined && <span className="text-soft text-xs truncate max-w-36">{token_name ?? token_id}</span>}
    </span>
  );

/** Tokens in and out; estimated ones have a tilde. */
export function Tokens({ row: { usage } }: { row: RequestRow }): ReactElement {
  if (usage === undefined || (usage.input === undefined && usage.output === undefined)) return <Nothing />;
  const { input = 0, output = 0, source } = usage;
  const about = source === 'estimated' ? '~' : '';
  return (
    <span title={`${count(input)} in, ${count(output)} out${about === '' ? '' : ', estimated'}`}>
      {about}
      {compact(input)} → {compact(output)}
    </span>
  );
}

const Duration = ({ of }: { of: number | undefined }): ReactElement => (of === undefined ? <Nothing /> : <>{ms(of)}</>);

/** The columns of the list. `search` stays in the links, so that the next row is the next within the filters. */
export const requestColumns = (search: RequestsSearch): readonly Column<RequestRow>[] => [
  {
    id: 'time',
    header: 'Time',
    cell: ({ id, at }) => (
      <Link to="/requests/$id" params={{ id }} search={search} className="whitespace-nowrap hover:underline">
        <Time at={at} format="ymd_hms" />
      </Link>
    ),
  },
  { id: 'status', header: 'Status', cell: (row) => <StatusBadge row={row} /> },
  { id: 'end', header: 'End', cell: (row) => <End row={row} /> },
  {
    id: 'model',
    header: 'Model',
    cell: ({ model }) =>
      model === undefined ? (
        <Nothing />
      ) : (
        <span className="block font-[550] truncate max-w-32" title={model}>
          {model}
        </span>
      ),
  },
  {
    id: 'path',
    header: 'Path',
    cell: ({ method, path }) => (
      <code className="block text-soft truncate max-w-32" title={`${method} ${path}`}>
        {method === 'POST' ? '' : `${method} `}
        {path}
      </code>
    ),
  },
  { id: 'caller', header: 'Project and token', cell: (row) => <Caller row={row} /> },
  { id: 'first_byte', header: 'First byte', isRight: true, cell: (row) => <Duration of={row.first_byte_ms} /> },
  { id: 'whole', header: 'Whole', isRight: true, cell: (row) => <Duration of={row.duration_ms} /> },
  { id: 'tokens', header: 'Tokens', isRight: true, cell: (row) => <Tokens row={row} /> },
  {
    id: 'cost',
    header: 'Cost',
    isRight: true,
    cell: ({ cost_micro_usd: cost }) => (cost === undefined ? <Nothing /> : usd(cost)),
  },
  {
    id: 'size',
    header: 'Size',
    isRight: true,
    cell: ({ bytes_out: size }) => (size === undefined ? <Nothing /> : bytes(size)),
  },
];

/** A request on a phone. */
export const RequestCard = ({ row, search }: { row: RequestRow; search: RequestsSearch }): ReactElement => (
  <div className="grid gap-1.5">
    <div className="flex items-center justify-between gap-3">
      <Link to="/requests/$id" params={{ id: row.id }} search={search} className="font-[560]">
        <Time at={row.at} format="ymd_hms" />
      </Link>
      <StatusBadge row={row} />
    </div>
    <p className="flex flex-wrap gap-x-2 min-w-0">
      {row.model !== undefined && <span className="font-[550] break-all">{row.model}</span>}
      <code className="text-soft break-all">
        {row.method} {row.path}
      </code>
    </p>
    <p className="text-xs text-soft">
      {row.project_name ?? 'unknown'}
      {row.token_name !== undefined && ` · ${row.token_name}`}
      {row.duration_ms !== undefined && ` · ${ms(row.duration_ms)}`}
      {row.cost_micro_usd !== undefined && ` · ${usd(row.cost_micro_usd)}`}
    </p>
    {row.end !== 'ok' && <End row={row} />}
  </div>
);
