import type { AuditHead, AuditRow } from '../row/audit.row.js';
import type { Fault, NotedHead, Start, Unwritten, Verdict } from './chain.fault.js';
import { NotedHeads } from './noted.heads.js';
import { isIntact } from './row.check.js';
import { SignatureCheck } from './signature.check.js';
import type { PublicKeys } from './signing.key.js';
import { type Place, Suspicion } from './suspicion.js';

export interface Expectations {
  readonly start: Start;
  readonly heads: readonly NotedHead[];
  /** The keys that are trusted. Without any, those that the log announces are used. */
  readonly publicKeys: PublicKeys;
  /** The newest row has to be signed. */
  readonly isSigned?: boolean;
}

/**
 * Checks rows in the order of their numbers, without a database and in constant memory. The first fault ends the check; the
 * rows behind it tell what happened there, so all rows have to be added.
 */
export class ChainVerifier {
  private readonly signatures: SignatureCheck;
  private readonly noted: NotedHeads;
  private readonly unwritten: Unwritten[] = [];
  private checked = 0;
  /** The row behind rows that were not written. */
  private resumesAt = 0;
  private last: AuditRow | undefined;
  private suspicion: Suspicion | undefined;
  private fault: Fault | undefined;

  constructor(private readonly expected: Expectations) {
    const { start, heads, publicKeys } = expected;
    this.signatures = new SignatureCheck(publicKeys, start);
    this.noted = new NotedHeads(heads, start);
  }

  /** The number of rows that are as they were. */
  get count(): number {
    return this.checked;
  }

  /** A fault that needs no further rows. Undefined as well while a fault is looked into: `end` tells. */
  add(row: AuditRow): Fault | undefined {
    if (this.fault) return this.fault;
    if (this.suspicion) this.suspicion.add(row);
    else this.check(row);
    return this.fault;
  }

  /** The rows up to this number were pruned before they were written to the file. */
  skipTo(toSeq: number): void {
    const { seq } = this.place;
    if (this.fault || this.suspicion || toSeq < seq) return;
    this.unwritten.push({ from_seq: seq, to_seq: toSeq });
    this.resumesAt = toSeq + 1;
  }

  /**
   * `head`: what the change counter said about the last row that was added, or a later one. Undefined for rows of a file, and
   * for a counter that was created anew.
   */
  end(head: AuditHead | undefined, nowMs: number): Verdict {
    const known = head && head.seq > 0 ? head : undefined;
    this.fault ??= this.suspicion?.decide(known) ?? this.faultOfEnd(known);
    const { last, expected, fault, checked, signatures } = this;
    const state = checked === 0 ? 'empty' : 'intact';
    const noted = this.noted.state(fault !== undefined, fault?.detail === 'noted head');
    return {
      state: fault ? 'broken' : state,
      checked,
      ...(checked > 0 && { first_seq: expected.start.seq }),
      ...(last && { last_seq: last.seq, head: last.hash }),
      ...(last?.key_id !== undefined && { key_id: last.key_id }),
      signatures: {
        checked: signatures.checked,
        unknown_keys: [...signatures.unknownKeys],
      },
      ...(expected.start.pruned && { pruned: expected.start.pruned }),
      ...(this.unwritten.length > 0 && { unwritten: this.unwritten }),
      ...(noted && { noted_head: noted }),
      ...(fault && { broken_at: fault }),
      at: new Date(nowMs).toISOString(),
    };
  }

  private get place(): Place {
    const { last, expected } = this;
    if (last) return { seq: last.seq + 1, prevHash: last.hash, last };
    return { ...expected.start, last };
  }

  /** Behind rows that were not written, any hash may come before. */
  private placeOf(row: AuditRow): Place {
    const { place, resumesAt } = this;
    if (resumesAt <= place.seq) return place;
    this.noted.skip({ from_seq: place.seq, to_seq: resumesAt - 1 }, row.seq === resumesAt ? row.prev_hash : undefined);
    return { seq: resumesAt, prevHash: row.prev_hash, last: undefined };
  }

  private check(row: AuditRow): void {
    const place = this.placeOf(row);
    // A row whose number is no safe integer is looked into: see `Suspicion`.
    if (Number.isSafeInteger(row.seq) && row.seq < place.seq) {
      this.fault = { seq: row.seq, why: 'inserted', id: row.id };
      return;
    }
    const isNext = row.seq === place.seq && row.prev_hash === place.prevHash && isIntact(row);
    const problem = isNext ? this.signatures.problemOf(row) : undefined;
    if (isNext && problem === undefined) this.accept(row);
    else this.suspicion = new Suspicion(place, row, problem);
  }

  private accept(row: AuditRow): void {
    this.fault = this.noted.faultOf(row);
    if (this.fault) return;
    this.checked += 1;
    this.last = row;
  }

  private faultOfEnd(head: AuditHead | undefined): Fault | undefined {
    const { last } = this;
    const reached = last?.seq ?? this.expected.start.seq - 1;
    if (head && head.seq > reached) return { seq: reached + 1, why: 'truncated' };
    if (head && head.seq < reached) return { seq: head.seq + 1, why: 'inserted' };
    if (head && last && head.hash !== last.hash) return { seq: last.seq, why: 'changed', id: last.id };
    if (this.expected.isSigned && last && last.signature === undefined)
      return {
        seq: last.seq,
        why: 'changed',
        id: last.id,
        detail: 'signature',
      };
    return this.noted.faultOfEnd(reached);
  }
}
