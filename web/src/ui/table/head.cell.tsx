import type { ReactElement } from 'react';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Column, Sort } from './columns';

export interface HeadCellProps<T extends object, S extends string> {
  column: Column<T, S>;
  sort?: Sort<S> | undefined;
  onSort?: ((sort: Sort<S>) => void) | undefined;
}

const ARROW = { ascending: ArrowUp, descending: ArrowDown } as const;

/** The head of a column; a button where the server can sort by it. */
export function HeadCell<T extends object, S extends string>({
  column,
  sort,
  onSort,
}: HeadCellProps<T, S>): ReactElement {
  const { header, isRight } = column;
  const isSorted = sort?.by === column.id;
  const direction = isSorted ? (sort.desc ? 'descending' : 'ascending') : undefined;
  const Arrow = direction && ARROW[direction];
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={`font-[550] px-3 py-2.5 whitespace-nowrap ${isRight ? 'text-right' : ''}`}
    >
      {column.sorts && onSort ? (
        <button
          type="button"
          className="inline-flex items-center gap-1 min-h-6 hover:text-ink"
          onClick={() => onSort({ by: column.id, desc: isSorted ? !sort.desc : true })}
        >
          {header}
          {Arrow && <Arrow size={13} aria-hidden />}
        </button>
      ) : (
        header
      )}
    </th>
  );
}
