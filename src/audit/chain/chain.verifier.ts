import type { KeyObject } from 'node:crypto';
import { type AuditHead, type AuditRow, hashOf } from '../row/audit.row.js';
import type { Fault, NotedHead, Start, Verdict } from './chain.fault.js';
import { isSignature } from './signing.key.js';

export interface Expectations {
  readonly start: Start;
  readonly heads: readonly NotedHead[];
  /** By the id of the key. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
}

/** Checks rows in the order of their numbers, without a database. The first fault ends it. */
export class ChainVerifier {
  private readonly unknownKeys = new Set<string>();
  private readonly missingHeads: Set<NotedHead>;
  private checked = 0;
  private signatures = 0;
  private last: AuditRow | undefined;
  private fault: Fault | undefined;

  constructor(private readonly expected: Expectations) {
    this.missingHeads = new Set(expected.heads);
  }

  /** The fault that this row reveals. Later rows are ignored after a fault. */
  add(row: AuditRow): Fault | undefined {
    if (this.fault) return this.fault;
    this.fault = this.faultOf(row);
    if (this.fault) return this.fault;
    this.checked += 1;
    this.last = row;
    for (const noted of this.missingHeads)
      if (noted.hash === row.hash && (noted.seq ?? row.seq) === row.seq) this.missingHeads.delete(noted);
    return undefined;
  }

  /** `head` is what the change counter said before the first row was read; undefined for rows of a file. */
  end(head: AuditHead | undefined, nowMs: number): Verdict {
    this.fault ??= this.faultOfEnd(head);
    const { last, expected, fault, checked } = this;
    const state = checked === 0 ? 'empty' : 'intact';
    return {
      state: fault ? 'broken' : state,
      checked,
      ...(checked > 0 && { first_seq: expected.start.seq }),
      ...(last && { last_seq: last.seq, head: last.hash }),
      ...(last?.key_id !== undefined && { key_id: last.key_id }),
      signatures: { checked: this.signatures, unknown_keys: [...this.unknownKeys] },
      ...(expected.start.pruned && { pruned: expected.start.pruned }),
      ...(expected.heads.length > 0 && { noted_head: this.missingHeads.size > 0 ? 'missing' : 'found' }),
      ...(fault && { broken_at: fault }),
      at: new Date(nowMs).toISOString(),
    };
  }

  private faultOf(row: AuditRow): Fault | undefined {
    const seq = this.last ? this.last.seq + 1 : this.expected.start.seq;
    const prevHash = this.last?.hash ?? this.expected.start.prevHash;
    if (row.seq > seq) return { seq, why: 'missing' };
    if (row.seq < seq) return { seq: row.seq, why: 'inserted', id: row.id };
    if (hashOf(row) !== row.hash || row.prev_hash !== prevHash) return { seq, why: 'changed', id: row.id };
    return this.faultOfSignature(row);
  }

  private faultOfSignature({ seq, id, hash, signature, key_id: keyId }: AuditRow): Fault | undefined {
    if (signature === undefined || keyId === undefined)
      return this.last?.signature === undefined ? undefined : { seq, why: 'changed', id, detail: 'signature' };
    const publicKey = this.expected.publicKeys.get(keyId);
    if (!publicKey) return void this.unknownKeys.add(keyId);
    this.signatures += 1;
    return isSignature(signature, seq, hash, publicKey) ? undefined : { seq, why: 'changed', id, detail: 'signature' };
  }

  private faultOfEnd(head: AuditHead | undefined): Fault | undefined {
    const reached = this.last?.seq ?? this.expected.start.seq - 1;
    if (head && head.seq > reached) return { seq: reached + 1, why: 'truncated' };
    return this.missingHeads.size > 0 ? { seq: reached + 1, why: 'truncated' } : undefined;
  }
}
