import type { ReactElement } from 'react';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Column, Sort } from './columns';

export interface HeadCellProps<T extends object> {
  column: Column<T>;
  sort?: Sort | undefined;
  onSort?: ((sort: Sort) => void) | undefined;
}

const ARROW = { ascending: ArrowUp, descending: ArrowDown } as const;

/** The head of a column; a button where the server can sort by it. */
export function HeadCell<T extends object>({ column, sort, onSort }: HeadCellProps<T>): ReactElement {
  const { id, header, sorts, isRight } = column;
  const isSorted = sort?.by === id;
  const direction = isSorted ? (sort.desc ? 'descending' : 'ascending') : undefined;
  const Arrow = direction && ARROW[direction];
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={`font-[550] px-3 py-2.5 whitespace-nowrap ${isRight ? 'text-right' : ''}`}
    >
      {sorts && onSort ? (
        <button
          type="button"
          className="inline-flex items-center gap-1 min-h-6 hover:text-ink"
          onClick={() => onSort({ by: id, desc: isSorted ? !sort.desc : true })}
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
