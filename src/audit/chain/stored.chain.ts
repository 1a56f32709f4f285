import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NotedHead, Progress, Start, Verdict } from './chain.fault.js';
import type { ChainReader, StoredEnd } from './chain.reader.js';
import { ChainVerifier } from './chain.verifier.js';
import { storedRow } from '../row/stored.row.js';
import type { PublicKeys } from './signing.key.js';

/** Milliseconds of work between two turns of the event loop, in which requests are served. */
const TURN_MS = 5;
/** Beginnings of the check, while rows are pruned. */
const MAX_BEGINNINGS = 3;

export interface VerifyOptions {
  readonly heads: readonly NotedHead[];
  /** The keys that are trusted. Without any, those that the log announces are used. */
  readonly publicKeys: PublicKeys;
  /** The newest row has to be signed. */
  readonly isSigned?: boolean;
  readonly signal?: AbortSignal;
  /** Called after each window of rows. */
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
  const pause = turns(options.signal);
  const upTo = lastOf(end);
  for (let after: number | undefined; ;) {
    const before: number | undefined = after;
    const rows = await reader.columns(before, upTo);
    const first = rows[0] && Number(rows[0]['seq']);
    const expected = before === undefined ? start.seq : before + 1;
    if (isAgain && first !== expected && (await isPruned(reader, start))) return undefined;
    for (const columns of rows) {
      // Reading JSON, hashing and checking a signature take some 100 µs together, and more for a large row.
      const row = storedRow(columns);
      verifier.add(row);
      after = row.seq;
      await pause();
    }
    // A number that is too large for ECMAScript is not exact, and may be read again and again.
    if (after === undefined || after === before) break;
    options.onProgress?.({ checked: verifier.count, last_seq: after });
  }
  const unnumbered = await reader.unnumbered();
  if (unnumbered) verifier.add(storedRow(unnumbered));
  return verifier.end(end.head, options.now());
}

/** Gives the event loop a turn when the last one is TURN_MS ago. SQLite answers within the same turn. */
function turns(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  let endsAt = performance.now() + TURN_MS;
  return () => {
    if (performance.now() < endsAt) return undefined;
    return nextTurn().then(() => {
      endsAt = performance.now() + TURN_MS;
      signal?.throwIfAborted();
    });
  };
}

/** Rows that the counter does not know of are looked at too. */
function lastOf({ head, lastSeq }: StoredEnd): number | string {
  return Number(lastSeq) > (head?.seq ?? 0) ? lastSeq : (head?.seq ?? 0);
}

const isPruned = async (reader: ChainReader, { seq }: Start): Promise<boolean> => (await reader.start()).seq > seq;
