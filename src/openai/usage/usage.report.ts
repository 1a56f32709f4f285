import type { DocumentUsage } from './usage.document.js';
import type { EndpointUsage } from './endpoint.usage.js';
import { isFinal } from './final.states.js';
import { contradict } from './usage.figures.js';
import type { Figures, UsageReason, UsageReport, Work } from './usage.record.js';

type Names = Pick<DocumentUsage, 'id' | 'model' | 'tier'>;
type Rest = Partial<Omit<UsageReport, 'source' | 'figures' | 'reason'>>;

const named = ({ id, model, tier }: Names): Rest => ({
  ...(model !== undefined && { model }),
  ...(tier !== undefined && { tier }),
  ...(id !== undefined && { responseId: id }),
});

/** A report without figures. */
export const noUsage = (reason: UsageReason, names: Names = {}, rest: Rest = {}): UsageReport => ({
  source: 'none',
  reason,
  figures: {},
  ...named(names),
  ...rest,
});

/** A report of the provider's figures. */
export const reported = (
  figures: Figures,
  names: Names & Pick<DocumentUsage, 'tools'>,
  rest: Rest = {},
): UsageReport => ({
  source: 'provider',
  figures,
  ...(names.tools && { tools: names.tools }),
  ...(contradict(figures) && { mismatch: true }),
  ...named(names),
  ...rest,
});

/** The report of a document that says how far its work is. `key` is the id of the work. */
export function workReport(endpoint: EndpointUsage, document: DocumentUsage, key = document.id): UsageReport {
  const { kind, does } = endpoint.work!;
  const { figures, status } = document;
  const ended = isFinal(kind, status);
  const work = (state: Work['state']): Rest => (key === undefined ? {} : { work: { key, kind, state } });
  if (does === 'make' && !ended && isPending(kind, document)) return noUsage('later', document, work('open'));
  if (does === 'read' && !ended) return noUsage(status === undefined ? 'read' : 'not_final', document);
  const rest = does === 'read' ? work('final') : {};
  if (figures) return reported(figures, document, rest);
  return noUsage(status === 'completed' || status === undefined ? 'no_usage' : 'failed', document, rest);
}

/** A response without a state, of a compatible server, is complete. All other work is made now and done later. */
const isPending = (kind: Work['kind'], { status }: DocumentUsage): boolean =>
  kind !== 'response' || status !== undefined;
