import { ROUTE_NAMES } from '../../openai/route.name.js';
import { readEncoded } from '../../openai/usage/encoded.body.js';
import { estimate } from '../../openai/usage/usage.estimate.js';
import {
  FIGURES,
  type Figures,
  USAGE_REASONS,
  type UsageReason,
  type UsageReport,
} from '../../openai/usage/usage.record.js';
import { bodyTexts, CAPTURED_MEMBER, type KeptBodies } from '../event/capture.line.js';
import { FAILURE_ENDS } from '../event/failure.ends.js';
import { reportMembers } from '../event/usage.line.js';
import type { Notice } from '../event/proxy.event.js';
import type { DomainFigures } from './domain.figures.js';
import type { EventFolds, Folded, FoldKey } from './event.folds.js';
import { claimOf, type LineHead, openWork } from './event.work.js';
import { FACT, FACTS, type JournalBatch, type LateUsage, SOURCES } from './journal.batch.js';
import type { Fold, OpenExchange, OpenWork, WorkClaim } from '../store/event.draft.js';
import { linesOf } from './line.buffer.js';
import { readOpenLines } from './open.line.js';

/** A batch with all that is known of its exchanges, but for the place of each among all events. */
export interface ReadBatch {
  readonly id: number;
  /** Lines from `"id":` to the closing bracket. */
  readonly lines: readonly string[];
  readonly folds: readonly Fold[];
  readonly open: readonly OpenExchange[];
  readonly notices: readonly Notice[];
  readonly workOpened: readonly OpenWork[];
  readonly workClaims: readonly WorkClaim[];
  readonly bodies: readonly KeptBodies[];
}

type Draft = { -readonly [K in 'folds' | 'workOpened' | 'workClaims' | 'bodies']: ReadBatch[K][number][] };

/** Reads the batches of the main thread. */
export class BatchReader {
  constructor(
    private readonly folds: EventFolds,
    private readonly figures: DomainFigures,
    private readonly head: LineHead,
  ) {}

  async read(batch: JournalBatch): Promise<ReadBatch> {
    const draft: Draft = { folds: [], workOpened: [], workClaims: [], bodies: [] };
    const late = new Map(batch.late.map((one) => [one.index, one]));
    const texts = linesOf(batch.text);
    const lines: string[] = [];
    for (let index = 0; index < batch.count; index += 1) {
      const text = texts[index]!;
      const one = late.get(index);
      lines.push(one ? await this.finishLate(batch, text, one, draft) : this.finish(batch, index, text, draft));
    }
    const { id, notices } = batch;
    return { id, lines, open: readOpenLines(batch.open), notices, ...draft };
  }

  private finish(batch: JournalBatch, index: number, text: string, draft: Draft): string {
    const { facts, strings } = batch;
    const row = index * FACTS;
    const reason = reasonAt(facts[row + FACT.reason]!);
    const folded = this.folds.fold(keyOf(batch, index), {
      source: SOURCES[facts[row + FACT.source]!],
      reason,
      model: strings[facts[row + FACT.model]!],
      tier: strings[facts[row + FACT.tier]!],
      figures: figuresAt(facts, row + FACT.figures),
    });
    this.keep(folded, reason, draft);
    return `${text}${folded.cost}}`;
  }

  private async finishLate(batch: JournalBatch, text: string, one: LateUsage, draft: Draft): Promise<string> {
    const report = await reportOf(one, batch.facts[one.index * FACTS + FACT.bytesIn]!);
    const key = keyOf(batch, one.index);
    const captured = one.captured ? CAPTURED_MEMBER : '';
    const { uuid } = one.call;
    if (one.captured) draft.bodies.push({ uuid, projectId: key.projectId, ...bodyTexts(one.captured) });
    if (!report) return this.finish(batch, one.index, text + captured, draft);
    const askedModel = batch.strings[batch.facts[one.index * FACTS + FACT.model]!];
    const { work } = report;
    if (work?.state === 'open') draft.workOpened.push(openWork(work, key, report, askedModel, one.call));
    if (work?.state === 'final') draft.workClaims.push(claimOf(work, report, this.folds, this.head));
    const own = work?.state === 'final' ? asRead(report) : report;
    const folded = this.folds.foldReport(key, own, askedModel);
    this.keep(folded, own.reason, draft);
    return `${text}${reportMembers(own)}${captured}${folded.cost}}`;
  }

  private keep({ fold }: Folded, reason: UsageReason | undefined, draft: Draft): void {
    draft.folds.push(fold);
    this.figures.fold(fold, reason);
  }
}

async function reportOf({ report, encoded, call }: LateUsage, bytesIn: number): Promise<UsageReport | undefined> {
  const read = encoded ? await readEncoded(encoded, call) : report;
  // Figures of open work are still to come.
  return read && !read.work ? estimate(read, bytesIn) : read;
}

/** The figures of work belong to the request that made it. */
const asRead = ({ model, responseId, work }: UsageReport): UsageReport => ({
  source: 'none',
  reason: 'read',
  figures: {},
  ...(model === undefined ? {} : { model }),
  ...(responseId === undefined ? {} : { responseId }),
  ...(work ? { work } : {}),
});

const reasonAt = (index: number): UsageReason | undefined => USAGE_REASONS[index];

function keyOf({ facts, strings }: JournalBatch, index: number): FoldKey {
  const row = index * FACTS;
  return {
    at: facts[row + FACT.at]!,
    projectId: strings[facts[row + FACT.project]!] ?? '',
    tokenId: strings[facts[row + FACT.token]!] ?? '',
    route: ROUTE_NAMES[facts[row + FACT.route]!]!,
    isError: facts[row + FACT.isError] === 1,
    end: FAILURE_ENDS[facts[row + FACT.end]!],
  };
}

function figuresAt(facts: Float64Array, from: number): Figures {
  const figures: Figures = {};
  for (let i = 0; i < FIGURES.length; i += 1) {
    const value = facts[from + i]!;
    if (!Number.isNaN(value)) figures[FIGURES[i]!] = value;
  }
  return figures;
}
