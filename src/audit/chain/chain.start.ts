import { type AuditRow, FIRST_PREV_HASH } from '../row/audit.row.js';
import type { KeyTexts, Start } from './chain.fault.js';

/** What an `audit.prune` row says of the rows that are gone. */
export interface Pruned {
  readonly to_seq: number;
  readonly to_hash: string;
  /** How many rows went with it. */
  readonly rows: number;
  /** RFC 3339. */
  readonly first_at: string;
  readonly last_at: string;
  /** The keys that all pruned rows announced. */
  readonly keys?: KeyTexts;
}

/** Undefined for any other row. */
export function prunedOf({ action, metadata }: AuditRow): Pruned | undefined {
  if (action !== 'audit.prune' || typeof metadata !== 'object') return undefined;
  const { to_seq: seq, to_hash: hash } = metadata as Partial<Pruned>;
  return typeof seq === 'number' && typeof hash === 'string' ? (metadata as unknown as Pruned) : undefined;
}

/**
 * Where a table begins whose first row has the number `firstSeq`, by the newest row about pruning that is still there. Only a
 * log whose row 1 is there begins with it: any other first row than that behind the pruned ones is a fault.
 */
export function startOf(firstSeq: number | undefined, prune: AuditRow | undefined): Start {
  const pruned = prune && prunedOf(prune);
  if (!prune || !pruned || firstSeq === 1) return { seq: 1, prevHash: FIRST_PREV_HASH };
  const { to_seq, to_hash, keys } = pruned;
  const start = {
    seq: to_seq + 1,
    prevHash: to_hash,
    pruned: { to_seq, at: prune.at },
  };
  return typeof keys === 'object' ? { ...start, keys } : start;
}

/**
 * As `startOf`, of the rows of a file in their order. A file has rows that the table has no more: of its rows about pruning,
 * only one that ends before its first row says where it begins.
 */
export async function startOfRows(rows: AsyncIterable<AuditRow> | Iterable<AuditRow>): Promise<Start> {
  let first: number | undefined;
  let prune: AuditRow | undefined;
  for await (const row of rows) {
    first ??= row.seq;
    if (prunedOf(row)?.to_seq === first - 1) prune = row;
  }
  return startOf(first, prune);
}
