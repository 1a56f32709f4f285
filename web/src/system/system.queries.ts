import { useQuery } from '@tanstack/react-query';
import { api, body, type ListPage, listPage } from '../api/client';
import type { DeadEvent, Session, System } from '../api/types';

const EVERY_MS = 10_000;
const SHOWN_SESSIONS = 100;
export const SHOWN_EVENTS = 20;

/** The state of the whole system, while somebody looks. */
export const useSystem = (isAllowed: boolean) =>
  useQuery<System>({
    queryKey: ['/manage/system', {}],
    enabled: isAllowed,
    refetchInterval: EVERY_MS,
    queryFn: async ({ signal }): Promise<System> => body(await api.GET('/manage/system', { signal })),
  });

/** The newest sessions. */
export const useSessions = () =>
  useQuery<ListPage<Session>>({
    queryKey: ['/manage/sessions', { page_size: SHOWN_SESSIONS }],
    queryFn: async ({ signal }) =>
      listPage(await api.GET('/manage/sessions', { params: { query: { page_size: SHOWN_SESSIONS } }, signal })),
  });

/** The oldest of what sinks refused for good. */
export const useDeadEvents = () =>
  useQuery<DeadEvent[]>({
    queryKey: ['/manage/events/dead', { limit: SHOWN_EVENTS }],
    queryFn: async ({ signal }): Promise<DeadEvent[]> =>
      body(await api.GET('/manage/events/dead', { params: { query: { limit: SHOWN_EVENTS } }, signal })),
  });
