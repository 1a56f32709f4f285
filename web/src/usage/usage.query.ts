import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { API } from '../api/base';
import { api, body } from '../api/client';
import type { Usage } from '../api/types';
import { writeSearch } from '../format/search';
import type { UsageSearch } from './search';
import { keptZone } from './zone';

/** What the server is asked: the same for the page and the file. */
export function usageParams({ group_by = 'project', metric = 'cost', tz = keptZone(), ...rest }: UsageSearch) {
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...(set as { [K in keyof typeof rest]: Exclude<(typeof rest)[K], undefined> }), group_by, metric, tz };
}

export const useUsage = (search: UsageSearch) => {
  const query = usageParams(search);
  return useQuery({
    queryKey: ['/manage/usage', query],
    placeholderData: keepPreviousData,
    // CSV is the other form of the answer, and not asked for.
    queryFn: async ({ signal }) => body(await api.GET('/manage/usage', { params: { query }, signal })) as Usage,
  });
};

/** Where the file with the same sums is. */
export const csvAddress = (search: UsageSearch): string =>
  `${API}/manage/usage${writeSearch({ ...usageParams(search), format: 'csv' })}`;
