import type { ReactElement, ReactNode } from 'react';
import { useSmall } from '../use.media';

export interface CardColumn<T> {
  header: string;
  cell: (row: T) => ReactNode;
  isRight?: boolean;
}

export interface CardTableProps<T> {
  caption: string;
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** The first one names the row. */
  columns: readonly CardColumn<T>[];
}

const Cards = <T,>({ caption, rows, keyOf, columns: [first, ...others] }: CardTableProps<T>): ReactElement => (
  <ul aria-label={caption}>
    {rows.map((row) => (
      <li key={keyOf(row)} data-row className="grid gap-1.5 px-4 py-3 border-t border-line">
        <div className="font-[560] min-w-0 break-words">{first?.cell(row)}</div>
        <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1 text-[0.8125rem]">
          {others.map(({ header, cell }) => (
            <div key={header} className="contents">
              <dt className="text-soft">{header}</dt>
              <dd className="min-w-0 break-words">{cell(row)}</dd>
            </div>
          ))}
        </dl>
      </li>
    ))}
  </ul>
);

/** A table that fills a card to its edges; on a phone a list. Rows need no id. For the other lists there is `PlainTable`. */
export function CardTable<T>(props: CardTableProps<T>): ReactElement {
  const { caption, rows, keyOf, columns } = props;
  if (useSmall()) return <Cards {...props} />;
  return (
    <div
      className="overflow-x-auto border-t border-line"
      role="region"
      aria-label={`${caption}, scrollable`}
      // A region that scrolls must be reachable by the keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className="w-full text-[0.8125rem] border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-left text-soft">
          <tr className="border-b border-line">
            {columns.map(({ header, isRight }) => (
              <th
                key={header}
                scope="col"
                className={`font-[550] px-4 py-2.5 whitespace-nowrap ${isRight ? 'text-right' : ''}`}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-row className="border-b border-line last:border-b-0 hover:bg-hover">
              {columns.map(({ header, cell, isRight }) => (
                <td key={header} className={`px-4 py-2.5 align-middle ${isRight ? 'text-right tabular-nums' : ''}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
