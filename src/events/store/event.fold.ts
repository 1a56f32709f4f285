import { FIGURES, type Figures, type UsageReason, type Work } from '../../openai/usage/usage.record.js';
import type { ProxyEvent } from '../event/proxy.event.js';
import type { Fold, OpenExchange, OpenWork, WorkClaim } from './event.draft.js';

/** The endpoints that make work: the path of its event. */
export const MADE_AT: Record<Work['kind'], string> = {
  response: '/v1/responses',
  batch: '/v1/batches',
  run: '/v1/threads/runs',
  turn: '/v1/agents',
  job: '/v1/fine_tuning/jobs',
  video: '/v1/videos',
  eval_run: '/v1/evals',
};

const QUARTER_MS = 15 * 60 * 1000;
/** Of a model that the price list does not name, and of a request without one. */
export const OTHER_MODEL = 'other';
export const DEFAULT_TIER = 'default';

/** Reasons for which a request without figures used nothing, or its figures are counted elsewhere. */
const KNOWN: ReadonlySet<UsageReason> = new Set<UsageReason>(['refused', 'free', 'read', 'not_final', 'later']);

export const quarterOf = (at: number): number => at - (at % QUARTER_MS);

/** True when a request used something, and its figures are unknown. */
export const isUnknownUsage = (source: string, reason: UsageReason | undefined): boolean =>
  source === 'none' && !(reason !== undefined && KNOWN.has(reason));

/** What an event adds to the sums: the same that was added when it was written. */
export function foldOf(event: ProxyEvent, nameOf: (model: string) => string | undefined): Fold {
  const { usage, cost } = event;
  const model = event.model ?? event.request_model;
  const source = usage?.source ?? 'none';
  return {
    quarter: quarterOf(Date.parse(event.at)),
    projectId: event.project_id ?? '',
    tokenId: event.token_id ?? '',
    model: (model !== undefined && nameOf(model)) || OTHER_MODEL,
    route: event.route,
    tier: event.tier ?? DEFAULT_TIER,
    isError: event.kind !== 'work' && ((event.status ?? 0) >= 400 || event.end !== 'ok'),
    end: event.kind === 'work' || event.end === 'ok' ? undefined : event.end,
    usage: source,
    isUnknown: isUnknownUsage(source, usage?.reason),
    isUnpriced: source !== 'none' && cost?.nano_usd === undefined,
    requests: event.kind === 'work' ? 0 : 1,
    figures: figuresOf(usage ?? {}),
    costNanoUsd: cost?.nano_usd ?? 0,
  };
}

function figuresOf(usage: Figures): Figures {
  const figures: Figures = {};
  for (const name of FIGURES) if (usage[name] !== undefined) figures[name] = usage[name];
  return figures;
}

/** The event of an exchange whose server died. */
export function crashEvent(
  { uuid, requestId, at, projectId, tokenId, method, route, path }: OpenExchange,
  { replica, epoch, seq }: { replica: string; epoch: number; seq: number },
): ProxyEvent {
  return {
    v: 1,
    replica,
    epoch,
    seq,
    id: `${uuid}:crash`,
    kind: 'crash',
    at: new Date(at).toISOString(),
    request_id: requestId,
    ...(projectId !== undefined && { project_id: projectId }),
    ...(tokenId !== undefined && { token_id: tokenId }),
    method,
    route,
    path,
    end: 'crash',
    usage: { source: 'none', reason: 'crash' },
    cost: { source: 'none' },
  };
}

/** Completes work whose figures were never read: its usage stays unknown. */
export function neverSeen({
  replica,
  epoch,
  nameOf,
}: {
  replica: string;
  epoch: number;
  nameOf: (model: string) => string | undefined;
}): WorkClaim['complete'] {
  return (maker, seq) => {
    const event = workEvent(maker, { replica, epoch, seq });
    return { line: JSON.stringify(event), fold: foldOf(event, nameOf) };
  };
}

function workEvent(
  { key, kind, uuid, requestId, at, projectId, tokenId, tier, model, route }: OpenWork,
  { replica, epoch, seq }: { replica: string; epoch: number; seq: number },
): ProxyEvent {
  return {
    v: 1,
    replica,
    epoch,
    seq,
    id: `${uuid}:work`,
    kind: 'work',
    at: new Date(at).toISOString(),
    request_id: requestId,
    ...(projectId !== '' && { project_id: projectId }),
    ...(tokenId !== '' && { token_id: tokenId }),
    method: 'POST',
    route,
    path: MADE_AT[kind],
    end: 'ok',
    ...(model !== '' && { model }),
    tier,
    usage: { source: 'none', reason: 'never_seen' },
    cost: { source: 'none' },
    work: { key, kind, state: 'final' },
  };
}
