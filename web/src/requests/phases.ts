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

/** The phases that are known, one after the other. */
export function phasesOf({ timings_ms: timings }: Pick<RequestDetail, 'timings_ms'>): Phase[] {
  let from = 0;
  const phases: Phase[] = [];
  for (const id of ORDER) {
    const at = timings[id];
    if (at === undefined) continue;
    const to = Math.max(from, at);
    phases.push({ id, text: textOf(id, timings), from, to, isOurs: OURS.has(id) });
    from = to;
  }
  // Refused, or left, before the upstream was asked: all of it is ours.
  if (timings.admitted === undefined) return phases.map((phase) => ({ ...phase, isOurs: true }));
  return phases;
}

const textOf = (id: Phase['id'], timings: RequestDetail['timings_ms']): string =>
  id === 'last_byte' && timings.admitted === undefined ? 'Refused before the upstream was asked' : TEXTS[id];

/** What the proxy itself took, in milliseconds. */
export const ours = (phases: readonly Phase[]): number =>
  phases.reduce((sum, { isOurs, from, to }) => sum + (isOurs ? to - from : 0), 0);
