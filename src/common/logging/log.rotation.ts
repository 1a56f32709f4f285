import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** A lock that is older belongs to a process that has died. A rotation takes milliseconds. */
const STALE_LOCK_MS = 10_000;

/**
 * Moves a file out of the way: `x.log` becomes `x.log.1`, `x.log.1` becomes `x.log.2`, until there are `maxFiles` with the
 * new one. One process at a time does it; another one that comes meanwhile returns at once. `isDue` is asked under the lock.
 */
export async function rotate(path: string, maxFiles: number, isDue: () => Promise<boolean>): Promise<void> {
  const lock = `${path}.lock`;
  if (!(await takeLock(lock))) return;
  try {
    if (await isDue()) await shift(path, maxFiles);
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const taken = await stat(lock).catch(() => undefined);
  if (taken && Date.now() - taken.mtimeMs > STALE_LOCK_MS) await rm(lock, { force: true });
  return false;
}

/** The oldest first, so that no file is overwritten. */
async function shift(path: string, maxFiles: number): Promise<void> {
  for (const number of (await rotatedNumbers(path)).toReversed())
    if (number >= maxFiles - 1) await rm(`${path}.${number}`, { force: true });
    else await moved(`${path}.${number}`, `${path}.${number + 1}`);
  if (maxFiles === 1) await rm(path, { force: true });
  else await moved(path, `${path}.1`);
}

/** Another program may have moved the file meanwhile: then nothing is in the way. */
async function moved(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** The numbers of the files that a rotation has renamed to `<path>.<n>`, ascending: the newest first. */
export async function rotatedNumbers(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  return (await readdir(dirname(path)))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((suffix) => /^[1-9]\d{0,5}$/.test(suffix))
    .map(Number)
    .toSorted((one, other) => one - other);
}
