import type { ReactElement, ReactNode } from 'react';
import { useSmall } from '../use.media';
import type { Column } from './columns';
import { HeadCell } from './head.cell';
import { ScrollRegion } from './scroll.region';

export interface PlainTableProps<T extends { id: string }> {
  caption: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  /** A row on a phone. */
  card?: (row: T) => ReactNode;
  /** The rows of the last answer are shown while the next one is awaited. */
  isBusy?: boolean;
  /** More columns fit. */
  isDense?: boolean;
  rowClass?: (row: T) => string;
  /** Rows of sums. */
  foot?: ReactNode;
}

function Grid<T extends { id: string }>({
  caption,
  rows,
  columns,
  isBusy,
  isDense,
  rowClass,
  foot,
}: PlainTableProps<T>): ReactElement {
  const pad = isDense ? 'px-2 py-2 first:pl-4 last:pr-4' : 'px-4 py-2.5';
  return (
    <table
      className={`w-full text-[0.8125rem] border-collapse ${isDense ? '[&_th]:px-2 [&_th:first-child]:pl-4 [&_th:last-child]:pr-4' : ''}`}
    >
      <caption className="sr-only">{caption}</caption>
      <thead className="text-left text-soft">
        <tr className="border-b border-line">
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} />
          ))}
        </tr>
      </thead>
      <tbody className={isBusy ? 'opacity-60' : ''}>
        {rows.map((row) => (
          <tr
            key={row.id}
            data-row
            className={`border-b border-line last:border-b-0 hover:bg-hover ${rowClass?.(row) ?? ''}`}
          >
            {columns.map(({ id, cell, isRight }) => (
              <td key={id} className={`${pad} align-middle ${isRight ? 'text-right whitespace-nowrap' : ''}`}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {foot !== undefined && <tfoot className="border-t border-edge font-[600]">{foot}</tfoot>}
    </table>
  );
}

/** Rows as the server gives them: nothing is sorted, chosen or counted here. */
export function PlainTable<T extends { id: string }>(props: PlainTableProps<T>): ReactElement {
  const { caption, rows, card, isBusy = false } = props;
  const isSmall = useSmall();
  if (isSmall && card)
    return (
      <ul aria-label={caption} className={`grid gap-2 ${isBusy ? 'opacity-60' : ''}`}>
        {rows.map((row) => (
          <li key={row.id} data-row className="rounded-card border border-line bg-surface px-4 py-3">
            {card(row)}
          </li>
        ))}
      </ul>
    );
  return (
    <ScrollRegion label={caption} isBusy={isBusy}>
      <Grid {...props} />
    </ScrollRegion>
  );
}
