import { isoTime } from '../../common/values/fast.format.js';
import type { UsageReport, Work } from '../../openai/usage/usage.record.js';
import { reportMembers, tierName } from '../event/usage.line.js';
import type { EventFolds, FoldKey } from './event.folds.js';
import type { Fold, OpenWork, WorkClaim } from '../store/event.draft.js';
import type { LateUsage } from './journal.batch.js';

const HOUR_MS = 3_600_000;
/** How long final figures are waited for. */
const DEADLINE_MS: Partial<Record<Work['kind'], number>> = { batch: 30 * HOUR_MS, response: 24 * HOUR_MS };
const OTHER_DEADLINE_MS = 2 * HOUR_MS;
/** The endpoints that make work: the path of its event. */
const MADE_AT: Record<Work['kind'], string> = {
  response: '/v1/responses',
  batch: '/v1/batches',
  run: '/v1/threads/runs',
  turn: '/v1/agents',
  job: '/v1/fine_tuning/jobs',
  video: '/v1/videos',
  eval_run: '/v1/evals',
};

/** The row of work that a request has made. */
export function openWork(
  work: Work,
  key: FoldKey,
  report: UsageReport,
  model: string | undefined,
  call: LateUsage['call'],
): OpenWork {
  const { projectId, tokenId, route, at } = key;
  return {
    key: work.key,
    kind: work.kind,
    projectId,
    tokenId,
    tier: tierName(report.tier) ?? 'default',
    model: report.model ?? model ?? '',
    uuid: call.uuid,
    requestId: call.requestId,
    route,
    at,
    deadline: at + (DEADLINE_MS[work.kind] ?? OTHER_DEADLINE_MS),
  };
}

/** Writes the head of an event: the members that differ on every server and line. */
export type LineHead = (seq: number) => string;

/** The final figures of work: an event with the ids of the request that made it, if that work is still open. */
export const claimOf = (work: Work, report: UsageReport, folds: EventFolds, head: LineHead): WorkClaim => ({
  key: work.key,
  complete: (maker, seq) => workEvent(maker, report, folds, head(seq)),
});

function workEvent(
  maker: OpenWork,
  report: UsageReport,
  folds: EventFolds,
  head: string,
): { line: string; fold: Fold } {
  const { projectId, tokenId, route, at } = maker;
  const model = report.model ?? (maker.model || undefined);
  const final = { ...report, ...(model !== undefined && { model }), tier: report.tier ?? maker.tier };
  const key = { projectId, tokenId, route, at, isError: false, end: undefined };
  const { fold, cost } = folds.foldReport(key, final, undefined);
  const line =
    `${head}"id":"${maker.uuid}:work","kind":"work","at":"${isoTime(at)}","request_id":"${maker.requestId}"` +
    `,"project_id":"${projectId}","token_id":"${tokenId}","method":"POST","route":"${route}"` +
    `,"path":"${MADE_AT[maker.kind]}","end":"ok"${reportMembers(final)}${cost}}`;
  // The request itself was counted when it ended.
  return { line, fold: { ...fold, requests: 0 } };
}
