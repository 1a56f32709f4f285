import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { ListedProject } from '../api/types';
import { Sparkline } from '../chart/sparkline';
import { compact, count, usd } from '../format/number';

interface Props {
  project: ListedProject;
}

const Unknown = (): ReactElement => (
  <span className="text-faint" title="Events are off, or cannot be read now">
    –
  </span>
);

/** Usable ones of all, which leads to them. */
export function ListedTokens({ project: { id, figures } }: Props): ReactElement {
  if (!figures) return <Unknown />;
  const { active, withering, total } = figures.tokens;
  return (
    <Link
      to="/tokens"
      search={{ project_id: id }}
      className="whitespace-nowrap tabular-nums hover:underline underline-offset-2"
    >
      {count(active + withering)} <span className="text-faint">of {count(total)}</span>
    </Link>
  );
}

/** Of the last 24 hours, and when they were. */
export function ListedRequests({ project: { figures } }: Props): ReactElement {
  const { requests_24h: requests, requests_24h_by_hour: hours } = figures ?? {};
  if (requests === undefined || requests === null) return <Unknown />;
  return (
    <span className="flex items-center gap-3">
      <Sparkline values={hours ?? []} label="Requests by hour" width={72} height={22} />
      <span title={count(requests)} className="tabular-nums">
        {compact(requests)}
      </span>
    </span>
  );
}

/** Of the last 30 days. What has no price is said. */
export function ListedCost({ project: { figures } }: Props): ReactElement {
  const { cost_30d_micro_usd: cost, unpriced_30d: unpriced } = figures ?? {};
  if (cost === undefined || cost === null) return <Unknown />;
  return (
    <span className="tabular-nums whitespace-nowrap">
      {usd(cost)}
      {unpriced !== null && unpriced !== undefined && unpriced > 0 && (
        <span className="block text-xs text-faint">{count(unpriced)} unpriced</span>
      )}
    </span>
  );
}
