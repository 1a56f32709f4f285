import type { DocumentUsage } from './usage.document.js';
import type { EndpointUsage } from './endpoint.usage.js';
import { isFinal } from './final.states.js';
import { contradict } from './usage.figures.js';
import type { Figures, UsageReason, UsageReport, Work } from './usage.record.js';

type Names = Pick<DocumentUsage, 'id' | 'model' | 'tier'>;
type Rest = Partial<Omit<UsageReport, 'source' | 'figures' | 'reason'>>;

type Draft = { -readonly [Name in keyof UsageReport]: UsageReport[Name] };

/** Assignments: every response passes here, and they cost less than spread objects. */
function named(report: Draft, { id, model, tier }: Names, rest: Rest | undefined): UsageReport {
  if (model !== undefined) report.model = model;
  if (tier !== undefined) report.tier = tier;
  if (id !== undefined) report.responseId = id;
  return rest ? Object.assign(report, rest) : report;
}

/** A report without figures. */
export const noUsage = (reason: UsageReason, names: Names = {}, rest?: Rest): UsageReport =>
  named({ source: 'none', reason, figures: {} }, names, rest);

/** A report of the provider's figures. */
export function reported(figures: Figures, names: Names & Pick<DocumentUsage, 'tools'>, rest?: Rest): UsageReport {
  const report: Draft = { source: 'provider', figures };
  if (names.tools) report.tools = names.tools;
  if (contradict(figures)) report.mismatch = true;
  return named(report, names, rest);
}

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
