import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, listPage } from '../api/client';
import type { TokensSearch } from './search';

/** Rows of a page. */
export const SIZE = 50;

/** A page of the list. */
export function useTokenList({ page = 1, sort = '-created_at', ...filters }: TokensSearch) {
  const { search, status, project_id, unused_since, expires_before } = filters;
  const query = {
    page,
    page_size: SIZE,
    sort,
    ...(search === undefined ? {} : { search }),
    ...(status === undefined ? {} : { status: [status] }),
    ...(project_id === undefined ? {} : { projectId: project_id }),
    ...(unused_since === undefined ? {} : { unused_since }),
    ...(expires_before === undefined ? {} : { expires_before }),
  };
  return useQuery({
    queryKey: ['/manage/tokens', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => listPage(await api.GET('/manage/tokens', { params: { query }, signal })),
  });
}
