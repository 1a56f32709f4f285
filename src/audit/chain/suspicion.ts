import type { AuditHead, AuditRow } from '../row/audit.row.js';
import type { Fault } from './chain.fault.js';
import { isIntact } from './row.check.js';

/** As many rows may have been removed or inserted before others got new numbers. */
const MAX_SHIFT = 100;

/** Where the first unexpected row stands. */
export interface Place {
  /** The number that the row should have. */
  readonly seq: number;
  readonly prevHash: string;
  /** The row before it. */
  readonly last: AuditRow | undefined;
}

/** The first row that is not the expected one, until the rows behind it have shown what happened. */
export class Suspicion {
  /** The row that belongs at the place. */
  private rightful: AuditRow | undefined;
  private next: AuditRow | undefined;
  private lastSeq: number;
  private isPredecessor = false;
  private isCopy: boolean;

  constructor(
    private readonly place: Place,
    private readonly row: AuditRow,
    /** The row has its place in the chain, and its signature is wrong. */
    private readonly detail?: string,
  ) {
    this.lastSeq = row.seq;
    this.isCopy = row.hash === place.prevHash;
    if (row.seq !== place.seq) this.consider(row);
  }

  add(row: AuditRow): void {
    this.next ??= row;
    this.lastSeq = Math.max(this.lastSeq, row.seq);
    this.isPredecessor ||= row.prev_hash === this.row.hash;
    this.isCopy ||= row.hash === this.row.hash;
    this.consider(row);
  }

  /** `head`: of the change counter. */
  decide(head: AuditHead | undefined): Fault {
    const { place, row, rightful } = this;
    const { seq } = place;
    const { id } = row;
    if (rightful)
      return {
        seq,
        why: this.isMoved(rightful) ? 'reordered' : 'inserted',
        id,
      };
    // The number of a row is text where it is no number, or too large for one: no server writes such a row.
    if (typeof (row.seq as unknown) === 'string') return { seq, why: 'inserted', id };
    if (row.seq > seq) return { seq, why: 'missing' };
    const fault = this.faultInPlace(head);
    // The counter knows of no such row.
    return head && seq > head.seq && fault.why === 'changed' ? { seq, why: 'inserted', id } : fault;
  }

  private faultInPlace(head: AuditHead | undefined): Fault {
    const { place, row, detail } = this;
    if (detail !== undefined) return { seq: place.seq, why: 'changed', id: row.id, detail };
    return isIntact(row) ? this.faultOfLink(head) : this.faultOfContent(head);
  }

  private consider(row: AuditRow): void {
    const { seq, prevHash } = this.place;
    if (!this.rightful && row.prev_hash === prevHash && isIntact(row, seq)) this.rightful = row;
  }

  /** A row of the log has a row behind it, or belongs where the rightful one was found. */
  private isMoved(rightful: AuditRow): boolean {
    const { row } = this;
    if (rightful === row || (row.prev_hash === rightful.hash && isIntact(row))) return true;
    // Of two rows with this number, the other one was never in the log.
    const isSwapped = rightful.seq !== this.place.seq && isIntact(row, rightful.seq);
    return !this.isCopy && (this.isPredecessor || isSwapped);
  }

  /** The row is whole and follows another one: either it or the one before it got a new hash. */
  private faultOfLink(head: AuditHead | undefined): Fault {
    const { row, place, next } = this;
    const isFollowed = next ? next.prev_hash === row.hash : (head?.hash ?? row.hash) === row.hash;
    const { last } = place;
    if (isFollowed && last && last.signature === undefined) return { seq: last.seq, why: 'changed', id: last.id };
    return { seq: place.seq, why: 'changed', id: row.id };
  }

  private faultOfContent(head: AuditHead | undefined): Fault {
    const { row, place } = this;
    const shift = this.shiftOf(head);
    if (shift > 0) return { seq: place.seq, why: 'missing' };
    if (shift === 0) return { seq: place.seq, why: 'changed', id: row.id };
    const { last } = place;
    return {
      seq: place.seq + shift,
      why: 'inserted',
      ...(shift === -1 && last && { id: last.id }),
    };
  }

  /** By how much the row's own number, which its hash covers, is above the one that it has. */
  private shiftOf(head: AuditHead | undefined): number {
    const { row, place } = this;
    // A row that follows the one before it has kept its place.
    if (row.prev_hash === place.prevHash) return 0;
    const likely = head ? head.seq - this.lastSeq : 0;
    if (likely > 0 && isIntact(row, place.seq + likely)) return likely;
    for (let shift = 1; shift <= MAX_SHIFT; shift += 1) {
      if (isIntact(row, place.seq + shift)) return shift;
      if (place.seq > shift && isIntact(row, place.seq - shift)) return -shift;
    }
    return 0;
  }
}
