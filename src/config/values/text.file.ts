import { closeSync, lstatSync, openSync, readSync, statSync } from 'node:fs';

/** A larger file is not a file of variables or a secret. */
const MAX_BYTES = 1_048_576;

/** Why a file cannot be read, in words that follow its name. */
export class UnreadableFile extends Error {}

/** The text of a small file in UTF-8, or in UTF-16 with a byte order mark as Windows PowerShell writes it. Undefined when there is none. */
export function readSmallText(path: string): string | undefined {
  try {
    // A link to nothing is an error: the file that it names is missing.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    if (statSync(path).isDirectory()) throw new UnreadableFile('is a directory');
    return textOf(readBytes(path));
  } catch (error) {
    throw error instanceof UnreadableFile ? error : new UnreadableFile(reasonOf(error as NodeJS.ErrnoException, path));
  }
}

function readBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let length = 0; ;) {
      const part = Buffer.alloc(65_536);
      const count = readSync(file, part, 0, part.length, null);
      if (count === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, count));
      length += count;
      if (length > MAX_BYTES) throw new UnreadableFile('is larger than 1 MiB');
    }
  } finally {
    closeSync(file);
  }
}

/** Without its byte order mark. */
function textOf(bytes: Buffer): string {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes('\0')) throw new UnreadableFile('is not a text file');
  return text;
}

function reasonOf({ code = 'unknown' }: NodeJS.ErrnoException, path: string): string {
  if (code === 'ENOENT') return isLink(path) ? 'is a symbolic link to a file that does not exist' : 'does not exist';
  return `cannot be read (${code})`;
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
