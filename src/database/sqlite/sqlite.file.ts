import { closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** The program does not use this file; `why` says the reason. */
export const refusedFile = (path: string, why: string): StartupError =>
  new StartupError(EXIT.config, [`DATABASE_PATH ${path}: ${why}`]);

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

/** Makes the file (0600) and its folder (0700) where they are missing, and refuses what cannot be written. */
export function prepareSqliteFile(path: string): void {
  const isOther = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  if (isOther) throw refusedFile(path, 'is no file');
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw refusedFile(path, `cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/**
 * Holds `<path>.lock` for the life of the process: SQLite serves one server at a time, and a second one would not
 * hear of the first one's revocations. The lock is the operating system's, so a crash leaves nothing behind.
 */
export class SqliteFileLock {
  /** Where there is no file to lock. */
  static readonly none = new SqliteFileLock(undefined);

  private constructor(private readonly db: DatabaseSync | undefined) {}

  /** By the file's own name: two links to one file are one database. */
  static take(path: string): SqliteFileLock {
    const file = `${realpathSync(path)}.lock`;
    closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file, { timeout: 0 });
    try {
      db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch {
      db.close();
      throw refusedFile(path, 'another server uses it; SQLite serves one process');
    }
    return new SqliteFileLock(db);
  }

  release(): void {
    if (this.db?.isOpen) this.db.close();
  }
}

/** The identity of the file at a path, to notice that it was deleted or replaced under a running server. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
