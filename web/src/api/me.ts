import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body } from './client';
import type { WhoAmI } from './types';

/** The query of who is signed in, of the role and of the projects. */
export const ME = queryOptions({
  queryKey: ['/manage/whoami', {}],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<WhoAmI> => body(await api.GET('/manage/whoami', { signal })),
});

/** Who is signed in; undefined until the server has said it. */
export const useMe = (): WhoAmI | undefined => useQuery(ME).data;
