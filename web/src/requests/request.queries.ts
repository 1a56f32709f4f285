import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import type { RequestDetail, RequestRow } from '../api/types';
import { filtersOf, type RequestsSearch } from './search';

/** Rows of a page. */
export const SIZE = 50;

export interface RequestPage {
  rows: RequestRow[];
  /** `before` of the rows that follow, where there may be some: of a `Link` header. */
  next: string | undefined;
}

/** The parameter `before` of `<…>; rel="next"`. */
function nextOf({ headers }: Response): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
  return target === undefined ? undefined : (new URL(target, location.origin).searchParams.get('before') ?? undefined);
}

/** A page of the list, the newest first. The live rows are put into it. */
export const requestPage = (search: RequestsSearch, size = SIZE) => {
  const { before } = search;
  const query = { ...filtersOf(search), ...(before === undefined ? {} : { before }), page_size: size };
  return queryOptions({
    queryKey: ['/manage/requests', query],
    queryFn: async ({ signal }): Promise<RequestPage> => {
      const answer = await api.GET('/manage/requests', { params: { query }, signal });
      return { rows: body(answer), next: nextOf(answer.response) };
    },
  });
};

export const useRequestPage = (search: RequestsSearch) =>
  useQuery({ ...requestPage(search), placeholderData: keepPreviousData });

/** A request by its id. */
export const useRequest = (id: string) =>
  useQuery({
    queryKey: ['/manage/requests/{id}', { id }],
    queryFn: async ({ signal }): Promise<RequestDetail> =>
      body(await api.GET('/manage/requests/{id}', { params: { path: { id } }, signal })),
  });
