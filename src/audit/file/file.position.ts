import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { rotatedNumbers } from '../../common/logging/log.rotation.js';

/** How far a file is written: the place of its last row in the chain, and that row's hash. */
export interface Position {
  readonly seq: number;
  /** Undefined for a line that stands for pruned rows. */
  readonly hash: string | undefined;
}

/** The first look at the end of a file. A row has at most two values of 60,000 bytes. */
const TAIL_BYTES = 256 * 1024;

/** The position of a line; undefined for a line that is none of the audit log. */
export function positionOf(line: string): Position | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { seq, hash, pruned_to: prunedTo } = JSON.parse(line) as Record<string, unknown>;
    if (Number.isSafeInteger(seq) && typeof hash === 'string') return { seq: seq as number, hash };
    return Number.isSafeInteger(prunedTo) ? { seq: prunedTo as number, hash: undefined } : undefined;
  } catch {
    return undefined;
  }
}

/** The position of the last complete line; undefined when the file is missing or has none. */
export async function lastPosition(path: string): Promise<Position | undefined> {
  const file = await open(path, 'r').catch(ifMissing);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    for (let bytes = TAIL_BYTES; ; bytes *= 8) {
      const found = lastOf((await tailOf(file, size, bytes)).toString(), bytes < size);
      if (found || bytes >= size) return found;
    }
  } finally {
    await file.close();
  }
}

/** The position of the last line that is followed by a line feed. The first line of a part is not whole. */
function lastOf(text: string, isPart: boolean): Position | undefined {
  const lines = text.split('\n').slice(isPart ? 1 : 0, -1);
  for (const line of lines.toReversed()) {
    const position = positionOf(line);
    if (position) return position;
  }
  return undefined;
}

async function tailOf(file: FileHandle, size: number, bytes: number): Promise<Buffer> {
  const length = Math.min(size, bytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.subarray(0, bytesRead);
}

/**
 * Ends the last line of a file that is open for reading and appending. The beginning of a line of ours is cut off: its row
 * is written again. Anything else stays and gets its line feed.
 */
export async function endLastLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  for (let bytes = TAIL_BYTES; ; bytes *= 8) {
    const tail = await tailOf(file, size, bytes);
    const end = tail.lastIndexOf('\n');
    if (end === -1 && bytes < size) continue;
    const torn = tail.length - end - 1;
    if (torn === 0) return;
    if (tail.toString('latin1', end + 1, end + 2) === '{') await file.truncate(size - torn);
    else await file.appendFile('\n');
    return;
  }
}

/** All positions of a file, in its order, in parts of up to `size`. */
export async function* positionsOf(path: string, size: number): AsyncGenerator<Position[]> {
  let part: Position[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const position = positionOf(line);
    if (position) part.push(position);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** The file and those that a rotation has renamed to `<path>.<n>`, the newest first. */
export const filesOf = async (path: string): Promise<string[]> => [
  path,
  ...(await rotatedNumbers(path)).map((number) => `${path}.${number}`),
];

const sidecarOf = (path: string): string => `${path}.position`;

/** What `writeSidecar` has written; undefined when that is missing or damaged. */
export async function readSidecar(path: string): Promise<Position | undefined> {
  return positionOf((await readFile(sidecarOf(path), 'utf8').catch(ifMissing)) ?? '');
}

/** Notes the position beside the file, for the time after a tool has moved the file away. */
export async function writeSidecar(path: string, { seq, hash }: Position): Promise<void> {
  const fresh = `${sidecarOf(path)}.new`;
  await writeFile(fresh, `${JSON.stringify(hash === undefined ? { pruned_to: seq } : { seq, hash })}\n`, {
    mode: 0o600,
  });
  await rename(fresh, sidecarOf(path));
}

export const removeSidecar = async (path: string): Promise<void> => rm(sidecarOf(path), { force: true });

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
