import type { Work } from './usage.record.js';

type Kind = Work['kind'];

/** The states of work that do not change any more. */
const FINAL: Readonly<Record<Kind, ReadonlySet<string>>> = {
  response: new Set(['completed', 'incomplete', 'failed', 'cancelled']),
  batch: new Set(['completed', 'expired', 'cancelled', 'failed']),
  run: new Set(['completed', 'incomplete', 'failed', 'cancelled', 'expired']),
  turn: new Set(['completed', 'cancelled', 'failed']),
  job: new Set(['succeeded', 'failed', 'cancelled']),
  video: new Set(['completed', 'failed']),
  eval_run: new Set(['completed', 'failed', 'canceled', 'cancelled']),
};

export const isFinal = (kind: Kind, status: string | undefined): boolean =>
  status !== undefined && FINAL[kind].has(status);
