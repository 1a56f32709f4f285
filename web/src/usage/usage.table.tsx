import type { ReactElement, ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import type { Usage } from '../api/types';
import type { Series } from '../chart/series';
import { compact, count, percent, usd } from '../format/number';
import { type End, ENDS } from '../parts/ends';
import type { Column } from '../ui/table/columns';
import { PlainTable } from '../ui/table/plain.table';
import { GROUP_TEXTS, METRIC_TEXTS, VALUES } from './metrics';
import type { Group, Metric, UsageSearch } from './search';

type Sums = Usage['totals'];
type Row = Usage['rows'][number] & { id: string };

export interface UsageTableProps {
  usage: Usage;
  series: readonly Series[];
  group: Group;
  metric: Metric;
  search: UsageSearch;
}

/** Requests that ended well and those with an error as their response have one end: that is no filter for either. */
function endOf(key: string): { end: End } | undefined {
  const end = ENDS.find((one) => one === key);
  return end === undefined || end === 'ok' ? undefined : { end };
}

/** What of the requests a row is about; undefined for the rest, and for groups that requests are not found by. */
function filterOf(
  group: Group,
  key: string,
): { project_id: string } | { token_id: string } | { model: string } | { end: End } | undefined {
  if (key === 'other' || key === 'none') return undefined;
  if (group === 'project') return { project_id: key };
  if (group === 'token') return { token_id: key };
  if (group === 'end') return endOf(key);
  return group === 'model' ? { model: key } : undefined;
}

function Name({
  row,
  group,
  search,
  usage,
  color,
}: {
  row: Row;
  group: Group;
  search: UsageSearch;
  usage: Usage;
  color: string | undefined;
}): ReactElement {
  const filter = filterOf(group, row.key);
  const { project_id, token_id, model } = search;
  return (
    <span className="inline-flex items-center gap-2 min-w-0 font-[570]">
      <span aria-hidden className="size-2.5 rounded-[3px] shrink-0" style={{ background: color }} />
      {filter === undefined ? (
        <span>{row.name}</span>
      ) : (
        <Link
          to="/requests"
          search={{ project_id, token_id, model, ...filter, from: usage.from, to: usage.to }}
          className="hover:underline truncate max-w-72"
        >
          {row.name}
        </Link>
      )}
    </span>
  );
}

const NUMBERS: readonly (readonly [string, string, (sums: Sums) => ReactNode])[] = [
  ['requests', 'Requests', ({ requests }) => count(requests)],
  ['failed', 'Failed', ({ failed }) => count(failed)],
  ['input', 'Input', ({ input_tokens: input }) => <span title={count(input)}>{compact(input)}</span>],
  ['cached', 'Cached', ({ cached_input_tokens: cached }) => <span title={count(cached)}>{compact(cached)}</span>],
  ['output', 'Output', ({ output_tokens: output }) => <span title={count(output)}>{compact(output)}</span>],
  ['cost', 'Cost', ({ cost_micro_usd: cost }) => usd(cost)],
];

/** The same sums as the chart, with their parts of the whole. */
export function UsageTable({ usage, series, group, metric, search }: UsageTableProps): ReactElement {
  const valueOf = VALUES[metric];
  const whole = valueOf(usage.totals);
  const shareOf = (sums: Sums): string => (whole === 0 ? '–' : percent(valueOf(sums) / whole, 1));
  const rows = usage.rows.map((row): Row => ({ ...row, id: row.key }));
  const colors = new Map(series.map(({ key, color }) => [key, color]));
  const columns: Column<Row>[] = [
    {
      id: 'name',
      header: group === 'none' ? 'All' : GROUP_TEXTS[group],
      cell: (row) => <Name row={row} group={group} search={search} usage={usage} color={colors.get(row.key)} />,
    },
    ...NUMBERS.map(([id, header, cell]): Column<Row> => ({ id, header, isRight: true, cell })),
    { id: 'share', header: `Share of ${METRIC_TEXTS[metric].toLowerCase()}`, isRight: true, cell: shareOf },
  ];
  return (
    <PlainTable
      caption={`Usage by ${GROUP_TEXTS[group].toLowerCase()}`}
      rows={rows}
      columns={columns}
      foot={
        <tr>
          <th scope="row" className="px-4 py-2.5 text-left">
            Sum
          </th>
          {NUMBERS.map(([id, , cell]) => (
            <td key={id} className="px-4 py-2.5 text-right whitespace-nowrap">
              {cell(usage.totals)}
            </td>
          ))}
          <td className="px-4 py-2.5 text-right">{shareOf(usage.totals)}</td>
        </tr>
      }
    />
  );
}
