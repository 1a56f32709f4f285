import { type ReactElement, type ReactNode, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body, listPage } from '../api/client';
import type { Usage } from '../api/types';
import { compact, count, usd } from '../format/number';

const DAY_MS = 86_400_000;
const USABLE = ['active', 'withering'] as const;

/** How many tokens of a project can be used now. */
export const useUsableTokens = (projectId: string) =>
  useQuery({
    queryKey: ['/manage/tokens', { projectId, status: USABLE, page_size: 1 }],
    queryFn: async ({ signal }) => {
      const query = { projectId, status: [...USABLE], page_size: 1 };
      return listPage(await api.GET('/manage/tokens', { params: { query }, signal })).total;
    },
  });

/** The sums of the last days. Without events there are none. */
function useSums(projectId: string, days: number) {
  const [to] = useState(() => Math.ceil(Date.now() / DAY_MS) * DAY_MS);
  const query = {
    project_id: projectId,
    from: new Date(to - days * DAY_MS).toISOString(),
    to: new Date(to).toISOString(),
    interval: 'day',
  } as const;
  return useQuery({
    queryKey: ['/manage/usage', query],
    // CSV is the other form of the answer, and not asked for.
    queryFn: async ({ signal }) => body(await api.GET('/manage/usage', { params: { query }, signal })) as Usage,
  });
}

const Figure = ({ label, children }: { label: string; children: ReactNode }): ReactElement => (
  <div className="rounded-card border border-line bg-surface px-4 py-3">
    <dt className="text-soft text-[0.8125rem]">{label}</dt>
    <dd className="text-[1.625rem] font-[620] tabular-nums leading-tight mt-1">{children}</dd>
  </div>
);

/** What a project has and costs. */
export function ProjectFigures({ projectId }: { projectId: string }): ReactElement {
  const usable = useUsableTokens(projectId);
  const { data: usage } = useSums(projectId, 30);
  return (
    <dl className="grid grid-cols-3 max-sm:grid-cols-1 gap-3">
      <Figure label="Active tokens">
        <Link to="/tokens" search={{ project_id: projectId }} className="hover:underline underline-offset-4">
          {usable.data === undefined ? '–' : count(usable.data)}
        </Link>
      </Figure>
      <Figure label="Requests, 30 days">{usage === undefined ? '–' : compact(usage.totals.requests)}</Figure>
      <Figure label="Cost, 30 days">
        {usage === undefined ? '–' : usd(usage.totals.cost_micro_usd)}
        {usage !== undefined && usage.unpriced_requests > 0 && (
          <span className="block text-xs font-normal text-soft">
            and {count(usage.unpriced_requests)} without a price
          </span>
        )}
      </Figure>
    </dl>
  );
}
