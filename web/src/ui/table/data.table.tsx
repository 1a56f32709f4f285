import { type ReactElement, type ReactNode, useMemo } from 'react';
import { type RowSelectionState, type Updater, useTable } from '@tanstack/react-table';
import { useSmall } from '../use.media';
import { type Column, features, type Sort, type TableColumn } from './columns';
import { HeadCell } from './head.cell';
import { Pager } from './pager';
import { ScrollRegion } from './scroll.region';

/** The chosen rows by their id. */
export type Selection = RowSelectionState;

export interface DataTableProps<T extends { id: string }, S extends string = string> {
  caption: string;
  rows: readonly T[];
  columns: readonly Column<T, S>[];
  sort?: Sort<S>;
  onSort?: (sort: Sort<S>) => void;
  /** Both or none: rows can be chosen. */
  selected?: Selection;
  onSelect?: (selection: Selection) => void;
  /** How a chosen row is called: "Select nightly-report". */
  nameOf?: (row: T) => string;
  total: number;
  page: number;
  size: number;
  onPage: (page: number) => void;
  isBusy?: boolean;
  /** Shown in place of a table without rows. */
  empty: ReactNode;
  /** A row on a phone. */
  card?: (row: T) => ReactNode;
  /** At the end of a row. */
  actions?: (row: T) => ReactNode;
}

const CHECKBOX = 'size-4.5 accent-leaf align-middle';

function useRows<T extends { id: string }, S extends string>({
  rows,
  columns,
  total,
  selected = {},
  onSelect,
}: DataTableProps<T, S>) {
  const tableColumns = useMemo(() => columns.map(({ id, header }): TableColumn<T> => ({ id, header })), [columns]);
  return useTable({
    features,
    data: rows,
    columns: tableColumns,
    getRowId: (row) => row.id,
    manualPagination: true,
    manualSorting: true,
    rowCount: total,
    state: { rowSelection: selected },
    onRowSelectionChange: (update: Updater<Selection>) =>
      onSelect?.(typeof update === 'function' ? update(selected) : update),
  });
}

type TableRows<T extends { id: string }> = ReturnType<typeof useRows<T, string>>;

function HeadRow<T extends { id: string }, S extends string>({
  table,
  columns,
  props: { sort, onSort, onSelect, actions },
}: {
  table: TableRows<T>;
  columns: readonly Column<T, S>[];
  props: DataTableProps<T, S>;
}): ReactElement {
  return (
    <tr className="border-b border-line">
      {onSelect && (
        <td className="w-8 pl-3">
          <input
            type="checkbox"
            aria-label="Select all on this page"
            className={CHECKBOX}
            checked={table.getIsAllRowsSelected()}
            ref={(input) => {
              if (input) input.indeterminate = table.getIsSomeRowsSelected();
            }}
            onChange={(event) => table.toggleAllRowsSelected(event.target.checked)}
          />
        </td>
      )}
      {columns.map((column) => (
        <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
      ))}
      {actions && (
        <td>
          <span className="sr-only">Actions</span>
        </td>
      )}
    </tr>
  );
}

function BodyRow<T extends { id: string }, S extends string>({
  row,
  columns,
  props: { onSelect, actions, nameOf },
}: {
  row: ReturnType<TableRows<T>['getRowModel']>['rows'][number];
  columns: readonly Column<T, S>[];
  props: DataTableProps<T, S>;
}): ReactElement {
  const { original } = row;
  return (
    <tr data-row className="border-b border-line last:border-b-0 hover:bg-hover has-checked:bg-leaf-wash">
      {onSelect && (
        <td className="pl-3">
          <input
            type="checkbox"
            aria-label={`Select ${nameOf?.(original) ?? row.id}`}
            className={CHECKBOX}
            checked={row.getIsSelected()}
            onChange={(event) => row.toggleSelected(event.target.checked)}
          />
        </td>
      )}
      {columns.map(({ id, cell, isRight }) => (
        <td key={id} className={`px-3 py-2.5 align-middle ${isRight ? 'text-right' : ''}`}>
          {cell(original)}
        </td>
      ))}
      {actions && <td className="px-2 text-right">{actions(original)}</td>}
    </tr>
  );
}

function Grid<T extends { id: string }, S extends string>(props: DataTableProps<T, S>): ReactElement {
  const { caption, columns, isBusy } = props;
  const table = useRows(props);
  return (
    <table className="w-full text-[0.8125rem] border-collapse">
      <caption className="sr-only">{caption}</caption>
      <thead className="text-left text-soft">
        <HeadRow table={table} columns={columns} props={props} />
      </thead>
      <tbody className={isBusy ? 'opacity-60' : ''}>
        {table.getRowModel().rows.map((row) => (
          <BodyRow key={row.id} row={row} columns={columns} props={props} />
        ))}
      </tbody>
    </table>
  );
}

const Cards = <T extends { id: string }>({
  caption,
  rows,
  card,
}: Pick<DataTableProps<T>, 'caption' | 'rows'> & { card: (row: T) => ReactNode }): ReactElement => (
  <ul aria-label={caption} className="grid gap-2">
    {rows.map((row) => (
      <li key={row.id} data-row className="rounded-card border border-line bg-surface px-4 py-3">
        {card(row)}
      </li>
    ))}
  </ul>
);

/** A page of a list that the server sorts, filters and cuts. */
export function DataTable<T extends { id: string }, S extends string>(props: DataTableProps<T, S>): ReactElement {
  const { caption, rows, total, page, size, onPage, isBusy = false, empty, card } = props;
  const isSmall = useSmall();
  if (!isBusy && total === 0) return <>{empty}</>;
  return (
    <div>
      {isSmall && card ? (
        <Cards caption={caption} rows={rows} card={card} />
      ) : (
        <ScrollRegion label={caption} isBusy={isBusy}>
          <Grid {...props} />
        </ScrollRegion>
      )}
      <Pager label={caption} page={page} size={size} total={total} onPage={onPage} />
    </div>
  );
}
