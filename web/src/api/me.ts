import { useQuery } from '@tanstack/react-query';
import { api, body } from './client';
import type { WhoAmI } from './types';

/** Who is signed in; undefined until the server has said it. */
export const useMe = (): WhoAmI | undefined =>
  useQuery({
    queryKey: ['/manage/whoami', {}],
    staleTime: 60_000,
    queryFn: async ({ signal }) => body(await api.GET('/manage/whoami', { signal })),
  }).data;
