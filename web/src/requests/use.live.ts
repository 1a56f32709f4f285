import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, body } from '../api/client';
import { openEvents } from '../api/events';
import { queries } from '../api/queries';
import type { RequestRow } from '../api/types';
import { writeSearch } from '../format/search';
import { queued, withFresh } from './live.rows';
import { requestPage, SIZE } from './request.queries';
import { filtersOf, type RequestsSearch, streamFiltersOf } from './search';

/** How often rows are put in. */
const SHOW_MS = 500;
/** How often the server is asked where it refuses a stream. */
export const POLL_MS = 2000;
/** After a refusal of the stream. */
const REOPEN_MS = 15_000;

/** `polled`: the server has refused the stream, and is asked instead. A browser does not say by which status. */
type LiveState = 'opening' | 'live' | 'lost' | 'polled';

export interface Live {
  state: LiveState;
  /** Rows that wait while the list is held still. */
  waiting: number;
  /** Requests that the server left out. */
  skipped: number;
  isFresh: (row: RequestRow) => boolean;
  show: () => void;
  /** While true nothing moves. */
  hold: (isHeld: boolean) => void;
}

/** Rows that wait, and the way into the list. */
function useWaitingRows(search: RequestsSearch) {
  const { queryKey } = requestPage(search);
  const key = JSON.stringify(queryKey);
  const rows = useRef<RequestRow[]>([]);
  const fresh = useRef(new Set<string>());
  const [count, setCount] = useState(0);
  const put = useCallback((row: RequestRow): void => void (rows.current = queued(rows.current, row)), []);
  const known = useCallback(
    () => new Set(queries.getQueryData(requestPage(search).queryKey)?.rows.map(({ id }) => id)),
    // The key is what the filters say.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [key],
  );
  const show = useCallback((): void => {
    const ids = known();
    const added = rows.current.splice(0).filter(({ id }) => !ids.has(id));
    setCount(0);
    if (added.length === 0) return;
    for (const { id } of added) fresh.current.add(id);
    queries.setQueryData(
      requestPage(search).queryKey,
      (page) => page && { ...page, rows: withFresh(page.rows, added) },
    );
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key, known]);
  /** Those that are not in the list yet. */
  const countNew = useCallback((): void => {
    const ids = known();
    rows.current = rows.current.filter(({ id }) => !ids.has(id));
    setCount(rows.current.length);
  }, [known]);
  useEffect(() => () => void rows.current.splice(0), [key]);
  return useMemo(
    () => ({ key, put, show, countNew, count, isFresh: ({ id }: RequestRow) => fresh.current.has(id) }),
    [key, put, show, countNew, count],
  );
}

/** Puts in the newest page, in the order of the requests: what came before the stream was open. */
async function catchUp(search: RequestsSearch, put: (row: RequestRow) => void, signal: AbortSignal): Promise<void> {
  const query = { ...filtersOf(search), page_size: SIZE };
  const rows = body(await api.GET('/manage/requests', { params: { query }, signal }));
  for (const row of rows.toReversed()) put(row);
}

type Waiting = ReturnType<typeof useWaitingRows>;

/** One stream of a visible tab, opened anew with each `attempt`. */
function useStream(search: RequestsSearch, { key, put }: Waiting, isOn: boolean, attempt: number) {
  const [state, setState] = useState<LiveState>('opening');
  const [skipped, setSkipped] = useState(0);
  useEffect(() => {
    if (!isOn) return undefined;
    const end = new AbortController();
    const path = `/manage/requests/live${writeSearch(streamFiltersOf(search))}`;
    const close = openEvents(path, ['request', 'skipped', 'bye'], {
      onEvent: (name, data) => {
        if (name === 'request') put(data as RequestRow);
        if (name === 'skipped') setSkipped((before) => before + (data as { count: number }).count);
      },
      onOpen: () => {
        setState('live');
        void catchUp(search, put, end.signal).catch(() => undefined);
      },
      onLost: (isRefused) => setState(isRefused ? 'polled' : 'lost'),
    });
    return () => {
      close();
      end.abort();
      setState('opening');
      setSkipped(0);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key, isOn, attempt, put]);
  return { state, skipped };
}

/** Asks for the newest page while the stream is refused, and after a while for the stream again. */
function usePolling(search: RequestsSearch, { key, put }: Waiting, isOn: boolean, reopen: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const end = new AbortController();
    const look = (): void => {
      if (!document.hidden) void catchUp(search, put, end.signal).catch(() => undefined);
    };
    look();
    const timer = setInterval(look, POLL_MS);
    const later = setTimeout(reopen, REOPEN_MS);
    return () => {
      clearInterval(timer);
      clearTimeout(later);
      end.abort();
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key, isOn, put, reopen]);
}

/** Puts the waiting rows in at a steady pace; while they are held it counts them. Returns how to hold them. */
function useShown({ show, countNew }: Waiting, isOn: boolean): Live['hold'] {
  const isHeld = useRef(false);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => (isHeld.current ? countNew() : show()), SHOW_MS);
    return () => clearInterval(timer);
  }, [isOn, show, countNew]);
  return useCallback((held: boolean): void => void (isHeld.current = held), []);
}

/** Follows the requests of these filters by one stream of a visible tab; where it is refused, by asking. */
export function useLive(search: RequestsSearch, isOn: boolean): Live {
  const rows = useWaitingRows(search);
  const [attempt, setAttempt] = useState(0);
  const { state, skipped } = useStream(search, rows, isOn, attempt);
  const reopen = useCallback(() => setAttempt((before) => before + 1), []);
  usePolling(search, rows, state === 'polled', reopen);
  const hold = useShown(rows, isOn);
  return { state, waiting: rows.count, skipped, isFresh: rows.isFresh, show: rows.show, hold };
}
