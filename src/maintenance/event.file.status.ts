import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DatabaseConfig } from '../config/app.config.js';
import { damagedFile, fileRefusal } from '../database/sqlite/sqlite.file.js';
import { EVENT_SCHEMA_VERSION, eventFileOf } from '../events/store/event.file.js';
import { versionOf } from './sqlite.rebuild.js';

/** The SQLite file of events. */
export interface EventFileStatus {
  path: string;
  /** 0 when the file does not exist: a start creates it. */
  version: number;
  isCurrent: boolean;
  /** On disk, with the log beside it. */
  bytes: number;
  /** Rows of up to 64 events; 0 in a file of another version. */
  segments: number;
}

/** Only reads. Throws StartupError for a file that cannot be read. */
export function eventFileStatus(config: DatabaseConfig): EventFileStatus {
  const path = resolve(eventFileOf(config.path));
  const sizeOf = (end: string): number => statSync(path + end, { throwIfNoEntry: false })?.size ?? 0;
  // An empty file is replaced at a start.
  if (sizeOf('') === 0) return { path, version: 0, isCurrent: true, bytes: 0, segments: 0 };
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    const version = versionOf(db);
    const isCurrent = version === EVENT_SCHEMA_VERSION;
    const segments = isCurrent ? Number(db.prepare('SELECT count(*) AS n FROM event_segments').get()!['n']) : 0;
    return { path, version, isCurrent, bytes: sizeOf('') + sizeOf('-wal'), segments };
  } catch (cause) {
    throw Object.assign(fileRefusal(path, cause) ?? damagedFile(path), { cause });
  } finally {
    db?.close();
  }
}
