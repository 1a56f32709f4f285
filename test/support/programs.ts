import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A program's file: on the PATH, or where Debian puts servers, which a user's PATH may lack. Names in order of preference. */
export function findProgram(names: readonly string[], { PATH = '' }: Environment = process.env): string | null {
  const folders = [...PATH.split(delimiter).filter((folder) => folder !== ''), '/usr/bin', '/usr/sbin'];
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find(isExecutable) ?? null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
