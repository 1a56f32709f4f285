import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import type { StreamList } from '../../api/types';
import type { Scope } from '../scope';

/** How often the list is asked for while something runs, and while nothing does. A hidden tab does not ask. */
const BUSY_MS = 3000;
const IDLE_MS = 10_000;

/** Tokens that were chosen from a list. */
export interface ChosenTokens {
  tokenIds: readonly string[];
}

/** How the API names a part's subject. */
export const scopeQuery = ({ tokenId, projectId }: Scope): { token_id: string } | { project_id: string } =>
  tokenId === undefined ? { project_id: projectId } : { token_id: tokenId };

const only = (list: StreamList, ids: readonly string[]): StreamList => ({
  ...list,
  streams: list.streams.filter(({ token_id: id }) => ids.includes(id)),
});

/** What runs now with a token, with chosen ones or in a project; nobody is asked unless `isAsked`. */
export function useStreams(scope: Scope | ChosenTokens, isAsked = true) {
  const query = 'tokenIds' in scope ? {} : scopeQuery(scope);
  return useQuery<StreamList>({
    queryKey: ['/manage/streams', query],
    enabled: isAsked,
    refetchInterval: ({ state: { data } }) => (data && data.streams.length > 0 ? BUSY_MS : IDLE_MS),
    queryFn: async ({ signal }): Promise<StreamList> =>
      body(await api.GET('/manage/streams', { params: { query }, signal })),
    select: (list) => ('tokenIds' in scope ? only(list, scope.tokenIds) : list),
  });
}
