import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { failure } from '../../terminal/cli.error.js';

/** Writes a file that its owner alone can read. It has its name only when it is whole. Throws with the reason. */
export async function writePrivately(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  const draft = `${path}.part`;
  try {
    // An earlier draft may have other permissions.
    rmSync(draft, { force: true });
    await pipeline(Readable.from(pieces), createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true }));
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw failure(`${path} is not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
