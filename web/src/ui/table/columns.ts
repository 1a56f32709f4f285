import type { ReactNode } from 'react';
import {
  type ColumnDef,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';

/** What of TanStack Table is in the bundle. */
export const features = tableFeatures({ rowSelectionFeature, rowPaginationFeature, rowSortingFeature });

/** TanStack's own form of a column. */
export type TableColumn<T extends object> = ColumnDef<typeof features, T & Record<string, unknown>>;

interface Shown<T extends object> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  sorts?: false;
  /** Numbers stand on the right. */
  isRight?: boolean;
}

/** The server sorts by its `id`. */
interface Sorted<T extends object, S extends string> extends Omit<Shown<T>, 'id' | 'sorts'> {
  id: S;
  sorts: true;
}

/** A column of a list. `S`: the fields that the server sorts by. */
export type Column<T extends object, S extends string = string> = Shown<T> | Sorted<T, S>;

/** The order of a list. */
export interface Sort<S extends string = string> {
  by: S;
  desc: boolean;
}

/** An order as the parameter `sort` writes it: `-created_at` is the newest first. */
export type SortText<S extends string> = S | `-${S}`;

/** The order of a parameter `sort`. */
export const readSort = <const S extends string>(text: SortText<S>): Sort<S> =>
  text.startsWith('-') ? { by: text.slice(1) as S, desc: true } : { by: text as S, desc: false };

/** The parameter `sort` of an order. */
export const writeSort = <S extends string>({ by, desc }: Sort<S>): SortText<S> => (desc ? `-${by}` : by);
