import { lstatSync } from 'node:fs';

const REASONS: Record<string, string> = {
  ENOENT: 'its folder cannot be created: name another path',
  EROFS: 'the file system is read-only: mount a volume that can be written there, or name another path',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is a file, or a link to nothing',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'a name in the path is too long',
};

/** Why a file or its folder cannot be created or written, and what to do. */
export function unwritable(path: string, { code = 'unknown' }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' && isDangling(path)) return 'it is a symbolic link to a path that does not exist';
  const fact = `it cannot be written (${code})`;
  if (code === 'EACCES' || code === 'EPERM')
    return `${fact}${asUser()}: give that user the folder, or name another path`;
  return `${fact}: ${REASONS[code] ?? 'name another path'}`;
}

/** Platforms choose user ids at will: the number says which one the folder must belong to. */
const asUser = (): string => (process.getuid ? ` by the user ${process.getuid()}` : '');

function isDangling(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
