import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openMode } from '../../config/file.modes.js';
import { type Finding, ok, warn } from './finding.js';

function privacy(check: string, path: string): Finding | undefined {
  const mode = openMode(path);
  if (mode === undefined) return undefined;
  return mode === null
    ? ok(check, `${path} is readable by its owner only`)
    : warn(check, `other users may have access to ${path}`, `chmod 600 ${path}`);
}

/** Only the owner may read the secrets in the variables file. */
export function variablesFile(file: string): Finding {
  const path = resolve(file);
  return (
    privacy('variables file', path) ?? ok('variables file', `${path} does not exist: the environment has all variables`)
  );
}

/** Only the owner may read a SQLite file, also the log that SQLite keeps beside it. */
export function databaseFiles(path: string): Finding[] {
  return ['', '-wal'].flatMap((end) => privacy('database file', `${path}${end}`) ?? []);
}

/** The file, or the nearest folder of it that exists, can be written. */
export function isWritable(path: string): boolean {
  const place = existsSync(path) || dirname(path) === path ? path : undefined;
  if (place === undefined) return isWritable(dirname(path));
  try {
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
