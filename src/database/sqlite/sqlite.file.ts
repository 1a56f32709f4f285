import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';
import { makeFolder } from '../../common/values/make.folder.js';
import { lockPath, type PathLock } from './path.lock.js';
import { unwritable } from './sqlite.path.js';

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const UNWRITABLE = 'SQLite cannot write it, or files beside it: name a path in a folder that can be written';
const UNSUITABLE = 'SQLite cannot read, lock or map it: check the disk, and name a path on a local one';
/** By primary result code: PERM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL, NOLFS. */
const REASONS: Record<number, string> = {
  3: UNWRITABLE,
  8: UNWRITABLE,
  10: UNSUITABLE,
  13: 'the disk is full',
  14: UNWRITABLE,
  15: UNSUITABLE,
  22: UNSUITABLE,
};

/** The program does not use this file; `reason` says why. */
export const refusedFile = (path: string, reason: string): StartupError =>
  new StartupError(EXIT.config, [`DATABASE_PATH ${path}: ${reason}`]);

export const lockedFile = (path: string): StartupError =>
  refusedFile(path, 'another program has locked the file: stop that program and try again');

/** A damaged file is never repaired silently. */
export const damagedFile = (path: string): StartupError =>
  new StartupError(EXIT.dataError, [
    `DATABASE_PATH ${path}: the file is damaged or not a SQLite database: restore it from a backup, or move it away`,
  ]);

/** Undefined for an error that is not about the file itself. Primary result codes: https://sqlite.org/rescode.html */
export function fileRefusal(path: string, error: unknown): StartupError | undefined {
  const { driverError = error } = error as { driverError?: unknown };
  const code = ((driverError as { errcode?: number }).errcode ?? 0) & 0xff;
  if (code === SQLITE_BUSY) return lockedFile(path);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return damagedFile(path);
  const reason = REASONS[code];
  return reason === undefined ? undefined : refusedFile(path, reason);
}

/** Creates a missing file (0600) and folder (0700), and refuses a path that cannot be written. */
export function prepareSqliteFile(path: string): void {
  writing(path, () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) throw refusedFile(path, 'it is not a file but a folder: name a file in it');
    if (stat?.isFile() === false) throw refusedFile(path, 'it is not a file');
    makeFolder(dirname(path));
    touch(path);
  });
}

const touch = (path: string): void => closeSync(openSync(path, 'a', 0o600));

/** Throws StartupError, with the reason of the system in words, when `work` cannot write. */
function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw error instanceof StartupError ? error : refusedFile(path, unwritable(path, error as NodeJS.ErrnoException));
  }
}

/**
 * Locks `<path>.lock` for the life of the process: SQLite serves one server at a time, because a second server would not
 * learn of revocations made through the first.
 */
export class SqliteFileLock {
  /** For a database without a file. */
  static readonly none = new SqliteFileLock(undefined);

  private constructor(private readonly lock: PathLock | undefined) {}

  /** Locks the real path: two symbolic links to one file are one database. */
  static take(path: string): SqliteFileLock {
    const file = `${realpathSync(path)}.lock`;
    writing(path, () => touch(file));
    const lock = attempted(() => lockPath(file));
    if (lock) return new SqliteFileLock(lock);
    throw refusedFile(
      path,
      'another server uses the file: stop that server, or use PostgreSQL or MySQL for several servers',
    );
  }

  release(): void {
    this.lock?.release();
  }
}

function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Identifies the file at a path, to detect that it is deleted or replaced while a server runs. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
