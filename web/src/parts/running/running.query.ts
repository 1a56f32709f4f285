import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import type { StreamList } from '../../api/types';
import type { Scope } from '../scope';

/** How often the list is asked for while something runs, and while nothing does. A hidden tab does not ask. */
const BUSY_MS = 3000;
const IDLE_MS = 10_000;

/** How the API names a part's subject. */
export const scopeQuery = ({ tokenId, projectId }: Scope): { token_id: string } | { project_id: string } =>
  tokenId === undefined ? { project_id: projectId } : { token_id: tokenId };

/** What runs now with a token or in a project; nobody is asked unless `isAsked`. */
export const useStreams = (scope: Scope, isAsked = true) =>
  useQuery<StreamList>({
    queryKey: ['/manage/streams', scopeQuery(scope)],
    enabled: isAsked,
    refetchInterval: ({ state: { data } }) => (data && data.streams.length > 0 ? BUSY_MS : IDLE_MS),
    queryFn: async ({ signal }): Promise<StreamList> =>
      body(await api.GET('/manage/streams', { params: { query: scopeQuery(scope) }, signal })),
  });
