import { QueryClient } from '@tanstack/react-query';
import { ApiFault } from './fault';

/** A refusal stays one. The server or the network may be back at the next try. */
const retry = (failures: number, error: unknown): boolean =>
  failures < 2 && !(error instanceof ApiFault && error.status > 0 && error.status < 500);

/** The only place where data of the server is kept. A key is `[path, parameters]`. */
export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 5000, retry, refetchOnWindowFocus: true } },
});
