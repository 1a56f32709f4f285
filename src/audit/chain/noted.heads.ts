import type { AuditRow } from '../row/audit.row.js';
import type { Fault, NotedHead, Start, Unwritten, Verdict } from './chain.fault.js';

/** `hash`, or `seq:hash`. */
export const NOTED_HEAD = /^(?:(\d{1,15}):)?([0-9a-f]{64})$/;

/** Of `hash` or `seq:hash`; undefined for any other text. */
export function notedHeadOf(text: string): NotedHead | undefined {
  const [, seq, hash] = NOTED_HEAD.exec(text) ?? [];
  return hash === undefined ? undefined : { hash, ...(seq !== undefined && { seq: Number(seq) }) };
}

export const notedHeadText = ({ seq, hash }: NotedHead): string => (seq === undefined ? hash : `${seq}:${hash}`);

/** Heads that were kept outside the database, and whether the log still has them. */
export class NotedHeads {
  /** Those that no row has shown yet. */
  private readonly open: Set<NotedHead>;
  private found = 0;
  private pruned = 0;

  constructor(
    heads: readonly NotedHead[],
    private readonly start: Start,
  ) {
    // An empty log has no head.
    const noted = heads.filter(({ seq }) => seq !== 0);
    this.open = new Set(noted);
    this.found = heads.length - noted.length;
  }

  /** The row has another hash than was noted. */
  faultOf(row: AuditRow): Fault | undefined {
    for (const noted of this.open) {
      const isHash = noted.hash === row.hash;
      if (isHash && (noted.seq ?? row.seq) === row.seq) this.find(noted);
      else if (noted.seq === row.seq)
        return {
          seq: row.seq,
          why: 'changed',
          id: row.id,
          detail: 'noted head',
        };
    }
    return undefined;
  }

  /** Rows that are not there to be compared. `lastHash`: of the last one. */
  skip({ from_seq: from, to_seq: to }: Unwritten, lastHash: string | undefined): void {
    for (const noted of this.open) {
      const { seq, hash } = noted;
      const isLast = hash === lastHash && (seq ?? to) === to;
      const isWithin = seq !== undefined && seq >= from && seq < to;
      if (!isLast && !isWithin) continue;
      this.open.delete(noted);
      this.pruned += 1;
    }
  }

  /** `reached`: the number of the last row. */
  faultOfEnd(reached: number): Fault | undefined {
    const { seq: first, prevHash } = this.start;
    for (const noted of this.open) {
      const isBefore = first > 1 && noted.seq !== undefined && noted.seq < first;
      const isLastBefore = noted.hash === prevHash && first > 1;
      if (noted.seq === first - 1 && !isLastBefore) return { seq: noted.seq, why: 'changed', detail: 'noted head' };
      if (!isBefore && !isLastBefore) return { seq: reached + 1, why: 'truncated', detail: 'noted head' };
      this.open.delete(noted);
      this.pruned += 1;
    }
    return undefined;
  }

  /** Undefined: there is none, or a fault came before it. */
  state(isBroken: boolean, isOfHead: boolean): Verdict['noted_head'] {
    if (this.open.size > 0) return isBroken && !isOfHead ? undefined : 'missing';
    if (this.found > 0) return 'found';
    return this.pruned > 0 ? 'pruned' : undefined;
  }

  private find(noted: NotedHead): void {
    this.open.delete(noted);
    this.found += 1;
  }
}
