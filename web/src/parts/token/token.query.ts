import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import type { Token } from '../../api/types';

/** A token by its id, where there is one. */
export const useToken = (id: string | undefined) =>
  useQuery({
    queryKey: ['/manage/tokens/{id}', { id }],
    enabled: id !== undefined,
    queryFn: async ({ signal }): Promise<Token> =>
      body(await api.GET('/manage/tokens/{id}', { params: { path: { id: id! } }, signal })),
  });
