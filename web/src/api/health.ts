import { useQuery } from '@tanstack/react-query';
import { API } from './base';
import type { Health } from './types';

const EVERY_MS = 10_000;

/** The state of the server, which needs no session. A server that cannot serve answers 503, with the same body. */
export const useHealth = () =>
  useQuery({
    queryKey: ['/health', {}],
    refetchInterval: EVERY_MS,
    retry: false,
    queryFn: async ({ signal }): Promise<Health> => {
      const response = await fetch(`${API}/health`, { signal });
      return (await response.json()) as Health;
    },
  });
