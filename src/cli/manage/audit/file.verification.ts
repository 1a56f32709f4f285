import { createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { NotedHead, Progress, Start, Verdict } from '../../../audit/chain/chain.fault.js';
import { startOfRows } from '../../../audit/chain/chain.start.js';
import { ChainVerifier } from '../../../audit/chain/chain.verifier.js';
import { keyIdOf } from '../../../audit/chain/signing.key.js';
import type { AuditRow } from '../../../audit/row/audit.row.js';
import { failure, usageError } from '../../terminal/cli.error.js';

const HASH = /^(?:(\d{1,15}):)?([0-9a-f]{64})$/;
const PROGRESS_EVERY = 20_000;

/** Verifies an export or a file of AUDIT_LOG_FILE, without a server. */
export async function verifyFile(
  path: string,
  heads: readonly NotedHead[],
  publicKeys: ReadonlyMap<string, KeyObject>,
  onProgress: (progress: Progress) => void,
): Promise<Verdict> {
  const verifier = new ChainVerifier({ start: await startOf(path), heads, publicKeys });
  let count = 0;
  for await (const row of rowsOf(path)) {
    verifier.add(row);
    count += 1;
    if (count % PROGRESS_EVERY === 0) onProgress({ checked: count, last_seq: row.seq });
  }
  return verifier.end(undefined, Date.now());
}

/** A row about pruning may say what stood before the first one. Else, of a file that begins later, that is not known. */
async function startOf(path: string): Promise<Start> {
  const start = await startOfRows(rowsOf(path));
  for await (const { seq, prev_hash: prevHash } of rowsOf(path))
    return start.pruned || seq <= 1 ? start : { seq, prevHash };
  return start;
}

async function* rowsOf(path: string): AsyncGenerator<AuditRow> {
  const input = createReadStream(path);
  const opened = new Promise<void>((resolve, reject) => input.once('open', () => resolve()).once('error', reject));
  await opened.catch((error: unknown) => {
    throw usageError(`--file cannot be read: ${messageOf(error)}`);
  });
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    const row = line.trim() === '' ? undefined : parsed(line, number);
    if (row) yield row;
  }
}

/** Undefined for the note that the file has no rows before one, because they were pruned before they were written. */
function parsed(line: string, number: number): AuditRow | undefined {
  try {
    const row = JSON.parse(line) as AuditRow & { pruned_to?: number };
    if (row.pruned_to !== undefined && row.seq === undefined) return undefined;
    if (Number.isSafeInteger(row.seq) && typeof row.hash === 'string') return row;
  } catch {
    // Said below.
  }
  throw failure(`line ${number} is no row of an audit log`);
}

/** Of `hash`, `seq:hash`, or the file that `manage audit head --out` wrote. */
export function notedHead(text: string): { head: NotedHead; publicKey: KeyObject | undefined } {
  const [, seq, hash] = HASH.exec(text) ?? [];
  if (hash !== undefined)
    return { head: { hash, ...(seq !== undefined && { seq: Number(seq) }) }, publicKey: undefined };
  const file = fileOf('--head', text);
  try {
    const { seq: number, hash: noted, public_key: key } = JSON.parse(file) as Record<string, unknown>;
    if (typeof noted === 'string' && HASH.test(noted) && Number.isSafeInteger(number))
      return {
        head: { seq: number as number, hash: noted },
        publicKey: typeof key === 'string' ? createPublicKey(key) : undefined,
      };
  } catch {
    // Said below.
  }
  throw usageError(
    '--head must be a hash, a number and a hash such as 12:9f3c…, or a file of `manage audit head --out`',
  );
}

export function publicKeyOf(path: string): KeyObject {
  const text = fileOf('--public-key', path);
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below.
  }
  throw usageError('--public-key must be a file with an Ed25519 public key (PEM)');
}

export const byId = (keys: readonly KeyObject[]): Map<string, KeyObject> =>
  new Map(keys.map((key) => [keyIdOf(key), key]));

function fileOf(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${option} cannot be read: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
