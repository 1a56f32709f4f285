import { useEffect } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { RequestDetail, RequestRow } from '../api/types';
import { requestPage } from './request.queries';
import type { RequestsSearch } from './search';

export interface Neighbours {
  newer?: RequestRow | undefined;
  older?: RequestRow | undefined;
}

/** Rows of the window that a link without its list opens. */
const WINDOW = 200;

/** The rows before and after one; undefined when it is not among them. */
function around(rows: readonly RequestRow[] | undefined, id: string): (Neighbours & { self: RequestRow }) | undefined {
  const at = rows?.findIndex((row) => row.id === id) ?? -1;
  const self = rows?.[at];
  return self && { self, newer: rows?.[at - 1], older: rows?.[at + 1] };
}

/**
 * The requests beside one within the filters: from the list that led here, else from those since it began. `older` goes on
 * behind the last row of the list by its cursor.
 */
export function useNeighbours(request: RequestDetail | undefined, search: RequestsSearch): Neighbours {
  const { id = '', at } = request ?? {};
  const isKnown = request !== undefined;
  const list = useQuery({ ...requestPage(search), enabled: isKnown, staleTime: Infinity });
  const inList = around(list.data?.rows, id);
  const since: RequestsSearch = { ...search, before: undefined, from: at };
  const isElsewhere = isKnown && list.data !== undefined && inList === undefined;
  const window = useQuery({ ...requestPage(since, WINDOW), enabled: isElsewhere, staleTime: Infinity });
  const found = inList ?? around(window.data?.rows, id);
  const cursor = found?.older === undefined ? found?.self.cursor : undefined;
  const behind = useQuery({
    ...requestPage({ ...search, before: cursor }, 1),
    enabled: cursor !== undefined,
    staleTime: Infinity,
  });
  return { newer: found?.newer, older: found?.older ?? behind.data?.rows[0] };
}

const TYPED_INTO = 'input, textarea, select, pre, [role=menu], [role=listbox], [role=dialog], [role=tablist]';

/** The arrow keys, unless what has the focus has a use for them. */
export function useArrows(onLeft: (() => void) | undefined, onRight: (() => void) | undefined): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.target instanceof Element && event.target.closest(TYPED_INTO) !== null) return;
      const go = event.key === 'ArrowLeft' ? onLeft : event.key === 'ArrowRight' ? onRight : undefined;
      go?.();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [onLeft, onRight]);
}
