import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiFault } from './fault';

export const HEALTH_KEY = ['/health', {}] as const;

const isAway = (error: unknown): boolean => error instanceof ApiFault && (error.status === 0 || error.status === 503);

/** A refusal stays one. The server or the network may be back at the next try. */
const retry = (failures: number, error: unknown): boolean =>
  failures < 2 && !(error instanceof ApiFault && error.status > 0 && error.status < 500);

/** The only place where data of the server is kept. A key is `[path, parameters]`. */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The banner says it at once, not at the next poll.
    onError: (error) => {
      if (isAway(error)) void queries.invalidateQueries({ queryKey: HEALTH_KEY });
    },
  }),
  defaultOptions: { queries: { staleTime: 5000, retry, refetchOnWindowFocus: true } },
});
