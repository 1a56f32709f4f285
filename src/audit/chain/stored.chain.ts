import type { KeyObject } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NotedHead, Progress, Start, Verdict } from './chain.fault.js';
import type { ChainReader, StoredEnd } from './chain.reader.js';
import { ChainVerifier } from './chain.verifier.js';

/** Rows between two turns of the event loop. */
const TURN = 200;
/** Beginnings of the check, while rows are pruned. */
const MAX_BEGINNINGS = 3;

export interface VerifyOptions {
  readonly heads: readonly NotedHead[];
  /** The keys that the caller vouches for, by id. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
  /** The newest row has to be signed. */
  readonly isSigned?: boolean;
  readonly signal?: AbortSignal;
  /** Called after each few rows. */
  onProgress?(progress: Progress): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Verifies the log of a database up to its end at this moment, in constant memory, while others write. Throws when `signal` aborts. */
export async function verifyStored(reader: ChainReader, options: VerifyOptions): Promise<Verdict> {
  for (let beginnings = 1; ; beginnings += 1) {
    const verdict = await attempt(reader, options, beginnings < MAX_BEGINNINGS);
    if (verdict) return verdict;
  }
}

/** Undefined: rows were pruned meanwhile, and it has to begin again. */
async function attempt(reader: ChainReader, options: VerifyOptions, isAgain: boolean): Promise<Verdict | undefined> {
  const end = await reader.end();
  const start = await reader.start();
  const verifier = new ChainVerifier({ start, ...options });
  const upTo = lastOf(end);
  let after = start.seq - 1;
  for (;;) {
    options.signal?.throwIfAborted();
    const rows = await reader.rows(after, upTo);
    if (isAgain && rows[0]?.seq !== after + 1 && (await isPruned(reader, start))) return undefined;
    for (const [i, row] of rows.entries()) {
      verifier.add(row);
      if (i % TURN !== TURN - 1) continue;
      options.onProgress?.({ checked: verifier.count, last_seq: row.seq });
      await nextTurn();
      options.signal?.throwIfAborted();
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.seq;
    options.onProgress?.({ checked: verifier.count, last_seq: after });
  }
  return verifier.end(end.head, options.now());
}

/** Rows that the counter does not know of are looked at too. */
const lastOf = ({ head, lastSeq }: StoredEnd): number => Math.max(head?.seq ?? 0, lastSeq);

const isPruned = async (reader: ChainReader, { seq }: Start): Promise<boolean> => (await reader.start()).seq > seq;
