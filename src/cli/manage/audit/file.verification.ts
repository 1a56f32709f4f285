import type { KeyObject } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { NotedHead, Progress, Start, Verdict } from '../../../audit/chain/chain.fault.js';
import { startOfRows } from '../../../audit/chain/chain.start.js';
import { ChainVerifier } from '../../../audit/chain/chain.verifier.js';
import { notedHeadOf } from '../../../audit/chain/noted.heads.js';
import type { SignedHead } from '../../../audit/chain/signed.head.js';
import { isSignature, keyIdOf, keysById, publicKeyOf, type PublicKeys } from '../../../audit/chain/signing.key.js';
import type { AuditRow } from '../../../audit/row/audit.row.js';
import { ed25519PublicKeys } from '../../../config/values/signing.key.js';
import { failure, usageError } from '../../terminal/cli.error.js';

const PROGRESS_EVERY = 20_000;

/** Verifies an export or a file of AUDIT_LOG_FILE, without a server. */
export async function verifyFile(
  path: string,
  heads: readonly NotedHead[],
  publicKeys: PublicKeys,
  onProgress: (progress: Progress) => void,
): Promise<Verdict> {
  const isSigned = publicKeys.size > 0;
  const verifier = new ChainVerifier({ start: await startOf(path), heads, publicKeys, isSigned });
  let count = 0;
  for await (const row of linesOf(path)) {
    if ('pruned_to' in row) {
      verifier.skipTo(row.pruned_to);
      continue;
    }
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
  for await (const row of linesOf(path)) if (!('pruned_to' in row)) yield row;
}

/** In place of rows that were pruned before they were written. */
interface Note {
  readonly pruned_to: number;
}

async function* linesOf(path: string): AsyncGenerator<AuditRow | Note> {
  const input = createReadStream(path);
  const opened = new Promise<void>((resolve, reject) => input.once('open', () => resolve()).once('error', reject));
  await opened.catch((error: unknown) => {
    throw usageError(`--file cannot be read: ${messageOf(error)}`);
  });
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== '') yield parsed(line, number);
  }
}

function parsed(line: string, number: number): AuditRow | Note {
  try {
    const row = JSON.parse(line) as AuditRow & Note;
    if (row.seq === undefined && Number.isSafeInteger(row.pruned_to)) return { pruned_to: row.pruned_to };
    if (Number.isSafeInteger(row.seq) && typeof row.hash === 'string') return row;
  } catch {
    // Said below.
  }
  throw failure(`line ${number} is no row of an audit log`);
}

/**
 * Of `hash`, `seq:hash`, or the file that `manage audit head --out` wrote, whose signature has to be right. The key in that
 * file is as good as the place where the file was kept: `keyId` is to be compared, and only `trusted` keys count.
 */
export function notedHead(text: string, trusted: PublicKeys): { head: NotedHead; keyId?: string } {
  const head = notedHeadOf(text);
  if (head) return { head };
  const noted = headOfFile(fileOf('--head', text));
  if (!noted)
    throw usageError(
      '--head must be a hash, a number and a hash such as 12:9f3c…, or a file of `manage audit head --out`',
    );
  const { seq, hash, signature, key_id: keyId, public_key: pem } = noted;
  if (signature === undefined && keyId === undefined) return { head: { seq, hash } };
  const named = pem === undefined ? undefined : publicKeyOf(pem);
  if (!named && pem !== undefined) throw usageError('the public key in the file of --head is no Ed25519 key');
  if (signature === undefined || keyId === undefined || (named && keyIdOf(named) !== keyId))
    throw usageError('the signature in the file of --head is not of the key that it names');
  if (trusted.size > 0 && !trusted.has(keyId))
    throw usageError(`the head is signed with the key ${keyId}, which is not one of --public-key`);
  const key = trusted.get(keyId) ?? named;
  if (key && !isSignature(signature, seq, hash, key)) throw usageError('the signature in the file of --head is wrong');
  return { head: { seq, hash }, keyId };
}

/** Undefined for a text that is no head. */
function headOfFile(text: string): SignedHead | undefined {
  try {
    const head = JSON.parse(text) as Record<keyof SignedHead, unknown>;
    const texts = [head.signature, head.key_id, head.public_key];
    const isHead =
      Number.isSafeInteger(head.seq) &&
      typeof head.hash === 'string' &&
      notedHeadOf(head.hash)?.hash === head.hash &&
      texts.every((value) => value === undefined || typeof value === 'string');
    return isHead ? (head as SignedHead) : undefined;
  } catch {
    return undefined;
  }
}

/** The public keys of files, by their ids. */
export function publicKeysOf(paths: readonly string[]): Map<string, KeyObject> {
  return keysById(
    paths.flatMap((path) => {
      const keys = ed25519PublicKeys(fileOf('--public-key', path));
      if (keys) return keys;
      throw usageError('--public-key must be a file with Ed25519 public keys (PEM): `openssl pkey -pubout` prints one');
    }),
  );
}

function fileOf(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${option} cannot be read: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
