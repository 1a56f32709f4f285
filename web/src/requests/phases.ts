import type { RequestDetail } from '../api/types';

/** A part of a request's time, in milliseconds from its beginning. */
export interface Phase {
  id: 'admitted' | 'headers' | 'first_byte' | 'last_byte';
  text: string;
  from: number;
  to: number;
  /** The proxy took this time; nobody else was waited for. */
  isOurs: boolean;
}

const TEXTS: Record<Phase['id'], string> = {
  admitted: 'Admitted: credential, rules and limits',
  headers: 'Upstream: connection and headers',
  first_byte: 'First byte to the client',
  last_byte: 'The rest, to the last byte',
};
const OURS: ReadonlySet<Phase['id']> = new Set(['admitted', 'first_byte']);
const ORDER = ['admitted', 'headers', 'first_byte', 'last_byte'] as const;

/** Of requests that the upstream was never connected for, by their end. The others were refused. */
const ALONE: Partial<Record<RequestDetail['end'], string>> = {
  upstream: 'No connection to the upstream',
  upstream_timeout: 'No connection to the upstream',
  client: 'The client left before the upstream was asked',
};

/** The phases that are known, one after the other. */
export function phasesOf({ timings_ms: timings, end }: Pick<RequestDetail, 'timings_ms' | 'end'>): Phase[] {
  let from = 0;
  const phases: Phase[] = [];
  for (const id of ORDER) {
    const at = timings[id];
    if (at === undefined) continue;
    const to = Math.max(from, at);
    phases.push({ id, text: TEXTS[id], from, to, isOurs: OURS.has(id) });
    from = to;
  }
  return timings.admitted === undefined ? phases.map((phase) => alone(phase, ALONE[end])) : phases;
}

/** The upstream had no part in it: unless it or the client is why, all of it is ours. */
const alone = (phase: Phase, why: string | undefined): Phase => ({
  ...phase,
  text: why ?? 'Refused before the upstream was asked',
  isOurs: why === undefined,
});

/** What the proxy itself took, in milliseconds. */
export const ours = (phases: readonly Phase[]): number =>
  phases.reduce((sum, { isOurs, from, to }) => sum + (isOurs ? to - from : 0), 0);
