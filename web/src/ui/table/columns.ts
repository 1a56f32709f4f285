import type { ReactNode } from 'react';
import {
  type ColumnDef,
  columnVisibilityFeature,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';

export const features = tableFeatures({
  rowSelectionFeature,
  columnVisibilityFeature,
  rowPaginationFeature,
  rowSortingFeature,
});

/** TanStack's own form of a column. */
export type TableColumn<T extends object> = ColumnDef<typeof features, T & Record<string, unknown>>;

/** A column of a list. */
export interface Column<T extends object> {
  /** The name in the URL: of the order, when the server can sort by it. */
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The server sorts by `id`. */
  sorts?: boolean;
  /** Numbers stand on the right. */
  isRight?: boolean;
  /** A link to the thing itself: this cell names the row. */
  isName?: boolean;
}

/** The order of a list, as the parameter `sort` writes it: `-created_at` is the newest first. */
export interface Sort {
  by: string;
  desc: boolean;
}

export const readSort = (text: string): Sort =>
  text.startsWith('-') ? { by: text.slice(1), desc: true } : { by: text, desc: false };

export const writeSort = ({ by, desc }: Sort): string => (desc ? `-${by}` : by);
