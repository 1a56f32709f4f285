import { useQuery } from '@tanstack/react-query';
import { API } from './base';
import { HEALTH_KEY } from './queries';
import type { Health } from './types';

/** How often the server is asked. */
const EVERY_MS = 10_000;
/** While it cannot serve. */
export const AWAY_MS = 5000;

/** Whether the server has said just now that it serves. */
export const isServing = ({ data, isError }: { data: Health | undefined; isError: boolean }): boolean =>
  !isError && data?.status === 'ok';

/** The state of the server, which needs no session. A server that cannot serve answers 503, with the same body. */
export const useHealth = () =>
  useQuery<Health>({
    queryKey: HEALTH_KEY,
    refetchInterval: ({ state }) =>
      isServing({ data: state.data, isError: state.status === 'error' }) ? EVERY_MS : AWAY_MS,
    retry: false,
    // Goes on while the session is lost.
    networkMode: 'always',
    queryFn: async ({ signal }): Promise<Health> => {
      const response = await fetch(`${API}/health`, { signal });
      return (await response.json()) as Health;
    },
  });
