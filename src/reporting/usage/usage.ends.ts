import { FAILURE_ENDS, type FailureEnd } from '../../events/event/failure.ends.js';
import type { UsageRow, UsageSums } from '../../events/event/event.queries.js';

/** How requests ended, as series: `error_response` ended well with an error of the upstream as its response. */
export const END_KEYS = ['ok', 'error_response', ...FAILURE_ENDS] as const;
/** One of them. */
export type EndKey = (typeof END_KEYS)[number];

/** The key of tokens and cost, which are not summed by end. */
export const ANY_END = 'any';

/** The labels of series. */
export const END_NAMES: Readonly<Record<EndKey | typeof ANY_END, string>> = {
  ok: 'Answered',
  error_response: 'Error response',
  client: 'Client',
  upstream: 'Upstream failed',
  upstream_timeout: 'Upstream timeout',
  proxy: 'Proxy failed',
  store: 'Store away',
  limit: 'Limit',
  auth: 'Not allowed',
  drain: 'Server stopped',
  revoked: 'Revoked',
  crash: 'Server crashed',
  [ANY_END]: 'Of any end',
};

/** The requests of each end. Ends without a request are absent. */
export function countsByEnd({ requests, errors, ends }: Pick<UsageSums, 'requests' | 'errors' | 'ends'>) {
  const ended = FAILURE_ENDS.reduce((sum, end) => sum + (ends[end] ?? 0), 0);
  const all: [EndKey, number][] = [
    ['ok', requests - errors],
    ['error_response', errors - ended],
    ...FAILURE_ENDS.map((end): [FailureEnd, number] => [end, ends[end] ?? 0]),
  ];
  return new Map(all.filter(([, count]) => count !== 0));
}

export interface EndRow extends UsageRow {
  readonly endKey: EndKey | typeof ANY_END;
}

const NO_SUMS = {
  requests: 0,
  errors: 0,
  ends: {},
  unknown: 0,
  unpriced: 0,
  estimated: 0,
  costNanoUsd: 0,
  estimatedCostNanoUsd: 0,
  figures: {},
  estimatedInput: 0,
  estimatedOutput: 0,
} satisfies UsageSums;

/** A row for each end, and one for what is not known by end. Their sums are those of the row. */
export function rowsByEnd(row: UsageRow): EndRow[] {
  const rows = [...countsByEnd(row)].map(([endKey, requests]): EndRow => ({
    ...row,
    ...NO_SUMS,
    endKey,
    requests,
    errors: endKey === 'ok' ? 0 : requests,
  }));
  const rest: EndRow = { ...row, requests: 0, errors: 0, ends: {}, endKey: ANY_END };
  return hasUsage(rest) ? [...rows, rest] : rows;
}

const hasUsage = ({ unknown, unpriced, estimated, figures, ...row }: UsageSums): boolean =>
  unknown + unpriced + estimated + row.costNanoUsd + row.estimatedCostNanoUsd > 0 || Object.keys(figures).length > 0;
