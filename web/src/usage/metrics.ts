import type { Usage } from '../api/types';
import { compact, count, usd } from '../format/number';
import type { Group, Metric } from './search';

type Sums = Usage['totals'];

/** The value of a metric, as the server sums it. */
export const VALUES: Record<Metric, (sums: Sums) => number> = {
  cost: ({ cost_micro_usd: cost }) => cost,
  tokens: ({ input_tokens: input, output_tokens: output }) => input + output,
  requests: ({ requests }) => requests,
};

/** A value of a metric as text. */
export const FORMATS: Record<Metric, (value: number) => string> = { cost: usd, tokens: compact, requests: compact };
/** Metrics and groups in words. */
export const METRIC_TEXTS: Record<Metric, string> = { cost: 'Cost', tokens: 'Tokens', requests: 'Requests' };
export const GROUP_TEXTS: Record<Group, string> = {
  project: 'Project',
  token: 'Token',
  model: 'Model',
  route: 'Endpoint',
  tier: 'Tier',
  end: 'How it ended',
  none: 'Nothing',
};

/** `+12 %` against the period before; undefined when that had nothing. */
export function against(now: number, before: number | undefined): string | undefined {
  if (before === undefined || before === 0) return undefined;
  const change = Math.round((now / before - 1) * 100);
  return `${change < 0 ? '−' : '+'}${count(Math.abs(change))} %`;
}
