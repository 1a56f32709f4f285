import { useEffect, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import type { Found } from '../../api/types';
import { isSecret, isToken } from '../../format/secret';

const PAUSE_MS = 150;
const SHORTEST = 2;
const LONGEST = 120;

/** The text as it is after a pause in the typing. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

/** Whether the server is asked: a token is looked up by a body, and a secret has no place in an address. */
export const isSearchable = (text: string): boolean =>
  text.length >= SHORTEST && text.length <= LONGEST && !isToken(text) && !isSecret(text);

/** Projects, tokens and requests of the store by name or id. */
export function useFound(typed: string): { found: readonly Found[]; isBusy: boolean } {
  const q = usePaused(typed);
  const isAsked = isSearchable(typed);
  const { data, isFetching } = useQuery<Found[]>({
    queryKey: ['/manage/search', { q }],
    enabled: isAsked && isSearchable(q),
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Found[]> =>
      body(await api.GET('/manage/search', { params: { query: { q } }, signal })),
  });
  return { found: isAsked ? (data ?? []) : [], isBusy: isAsked && (isFetching || q !== typed) };
}
