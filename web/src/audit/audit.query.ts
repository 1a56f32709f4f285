import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { API } from '../api/base';
import { api, body } from '../api/client';
import type { AuditEvent, AuditHead, AuditList } from '../api/types';
import { writeSearch } from '../format/search';
import { type AuditSearch, filtersOf } from './search';

/** Rows of a page. */
export const SIZE = 20;

/** A page of the log, the newest first. */
export function useAuditList(search: AuditSearch) {
  const { page = 1, before } = search;
  const { action, ...filters } = filtersOf(search);
  const query = {
    ...filters,
    // One that the server does not know is refused by it.
    ...(action === undefined ? {} : { action: action as AuditEvent['action'] }),
    ...(before === undefined ? {} : { before }),
    page,
    page_size: SIZE,
  };
  return useQuery({
    queryKey: ['/manage/audit', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<AuditList> =>
      body(await api.GET('/manage/audit', { params: { query }, signal })),
  });
}

/** A row by its id or its number. */
export const useAuditEvent = (id: string) =>
  useQuery({
    queryKey: ['/manage/audit/{id}', { id }],
    queryFn: async ({ signal }): Promise<AuditEvent> =>
      body(await api.GET('/manage/audit/{id}', { params: { path: { id } }, signal })),
  });

export const HEAD_KEY = ['/manage/audit/head', {}] as const;

/** The end of the chain, and the last verdict on it. */
export const useAuditHead = () =>
  useQuery({
    queryKey: HEAD_KEY,
    queryFn: async ({ signal }): Promise<AuditHead> => body(await api.GET('/manage/audit/head', { signal })),
  });

/** Where the file with the rows of these filters is. */
export const exportAddress = (search: AuditSearch, format: 'jsonl' | 'csv'): string =>
  `${API}/manage/audit/export${writeSearch({ ...filtersOf(search), format })}`;
