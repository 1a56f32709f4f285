import { closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

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
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB ? damagedFile(path) : undefined;
}

/** Creates a missing file (0600) and folder (0700), and refuses a path that cannot be written. */
export function prepareSqliteFile(path: string): void {
  const isOther = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  if (isOther) throw refusedFile(path, 'it is not a file');
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw refusedFile(path, `it cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/**
 * Locks `<path>.lock` for the life of the process: SQLite serves one server at a time, because a second server would not
 * learn of revocations made through the first. The operating system owns the lock and releases it after a crash.
 */
export class SqliteFileLock {
  /** For a database without a file. */
  static readonly none = new SqliteFileLock(undefined);

  private constructor(private readonly db: DatabaseSync | undefined) {}

  /** Locks the real path: two symbolic links to one file are one database. */
  static take(path: string): SqliteFileLock {
    const file = `${realpathSync(path)}.lock`;
    closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file, { timeout: 0 });
    try {
      db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch {
      db.close();
      throw refusedFile(
        path,
        'another server uses the file: stop that server, or use PostgreSQL or MySQL for several servers',
      );
    }
    return new SqliteFileLock(db);
  }

  release(): void {
    if (this.db?.isOpen) this.db.close();
  }
}

/** Identifies the file at a path, to detect that it is deleted or replaced while a server runs. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
