import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** A file that one process has locked. The operating system owns the lock and releases it after a crash. */
export interface PathLock {
  /** False when the file was removed or replaced: another process may lock the new one. */
  readonly isValid: boolean;
  release(): void;
}

/**
 * Locks a file, which is created when it is missing; undefined while another process has it. Throws the error of SQLite when
 * the file cannot be locked at all.
 */
export function lockPath(path: string): PathLock | undefined {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) return undefined;
    throw error;
  }
  const taken = identityOf(path);
  return {
    get isValid() {
      return taken !== undefined && identityOf(path) === taken;
    },
    release: () => {
      if (db.isOpen) db.close();
    },
  };
}

function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
