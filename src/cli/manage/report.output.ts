import { tableTime } from '../terminal/relative.time.js';
import { type Cell, table } from '../terminal/table.js';
import { printable, type Screen } from '../terminal/terminal.js';

/** What `GET /manage/usage` responds. */
export interface UsageView {
  from: string;
  to: string;
  tz: string;
  interval: string;
  series: { key: string; name: string }[];
  points: { at: string; values: Record<string, number>; before?: number }[];
  rows: (UsageSums & { key: string; name: string })[];
  totals: UsageSums;
  before?: UsageSums;
  estimated_requests: number;
  unpriced_requests: number;
  prices_as_of: string | null;
}

interface UsageSums {
  requests: number;
  failed: number;
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  cost_micro_usd: number;
}

/** An entry of `GET /manage/requests`. What is unknown is absent. */
export interface RequestView {
  id: string;
  at: string;
  project_name?: string;
  token_name?: string;
  path: string;
  model?: string;
  status?: number;
  end: string;
  code?: string;
  duration_ms?: number;
  first_byte_ms?: number;
  usage?: { source: string; input?: number; output?: number };
  cost_micro_usd?: number;
}

const MICRO = 1e6;
/** Up to six decimals, without zeros at their end beyond cents. */
const dollars = (micro: number): string => `$${(micro / MICRO).toFixed(6).replace(/0{1,4}$/, '')}`;

const USAGE_HEADINGS = ['REQUESTS', 'FAILED', 'INPUT', 'CACHED', 'OUTPUT', 'REASONING', 'COST'];
const sumsCells = (sums: UsageSums): Cell[] => [
  sums.requests,
  sums.failed,
  sums.input_tokens,
  sums.cached_input_tokens,
  sums.output_tokens,
  sums.reasoning_tokens,
  dollars(sums.cost_micro_usd),
];

/** The sums of each series and of all, and what they do not contain. */
export function usageTable(usage: UsageView, isGrouped: boolean, screen: Screen): string {
  const rows = [
    ...(isGrouped ? usage.rows : []).map((row) => [row.name, ...sumsCells(row)]),
    ['Total', ...sumsCells(usage.totals)],
    ...(usage.before ? [['Before', ...sumsCells(usage.before)]] : []),
  ];
  return [table(['', ...USAGE_HEADINGS], rows, screen, ['']), ...remarks(usage)]
    .map((text) => text.trimEnd())
    .join('\n');
}

/** One line a point, one column a series. */
export function pointsTable(usage: UsageView, metric: string | undefined, screen: Screen): string {
  const value = (amount: number | undefined): Cell =>
    amount !== undefined && (metric ?? 'cost') === 'cost' ? dollars(amount) : amount;
  const rows = usage.points.map(({ at, values, before }) => [
    at,
    ...usage.series.map(({ key }) => value(values[key])),
    ...(usage.before ? [value(before)] : []),
  ]);
  const headings = ['FROM', ...usage.series.map(({ name }) => printable(name)), ...(usage.before ? ['BEFORE'] : [])];
  return [table(headings, rows, screen), ...remarks(usage)].join('\n');
}

function remarks({
  from,
  to,
  tz,
  estimated_requests: estimated,
  unpriced_requests: unpriced,
  ...usage
}: UsageView): string[] {
  return [
    `${from} to ${to}, ${printable(tz)}${usage.prices_as_of === null ? '' : `; newest price ${usage.prices_as_of}`}`,
    ...(unpriced > 0 ? [`Without a price, and not in the cost: ${unpriced} requests`] : []),
    ...(estimated > 0 ? [`With estimated tokens: ${estimated} requests`] : []),
  ];
}

const REQUEST_HEADINGS = [
  'TIME',
  'STATUS',
  'END',
  'MODEL',
  'PATH',
  'PROJECT',
  'TOKEN',
  'FIRST BYTE',
  'WHOLE',
  'TOKENS',
  'COST',
];
const milliseconds = (value: number | undefined): Cell => (value === undefined ? undefined : `${Math.round(value)} ms`);

const requestCells = (request: RequestView, time: Cell): Cell[] => [
  time,
  request.status,
  request.code ?? request.end,
  request.model,
  request.path,
  request.project_name,
  request.token_name,
  milliseconds(request.first_byte_ms),
  milliseconds(request.duration_ms),
  tokensOf(request),
  request.cost_micro_usd === undefined ? undefined : dollars(request.cost_micro_usd),
];

/** `19 → 10`; with `~` in front when the figures are estimated. */
function tokensOf({ usage }: RequestView): string | undefined {
  if (usage?.input === undefined && usage?.output === undefined) return undefined;
  return `${usage.source === 'estimated' ? '~' : ''}${usage.input ?? '-'} → ${usage.output ?? '-'}`;
}

export function requestTable(requests: readonly RequestView[], screen: Screen): string {
  if (requests.length === 0) return 'There are no requests.';
  const rows = requests.map((request) => requestCells(request, tableTime(request.at, screen)));
  return table(REQUEST_HEADINGS, rows, screen, ['MODEL', 'PATH', 'PROJECT', 'TOKEN']);
}

/** One request in one line, for a list without an end. */
export const requestLine = (request: RequestView): string =>
  requestCells(request, request.at)
    .map((cell) => (cell === undefined || cell === null || cell === '' ? '-' : printable(String(cell))))
    .join('  ');
