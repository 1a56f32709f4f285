import { statSync } from 'node:fs';

/** The permissions of a file that other users of the machine may open; null for a private one; undefined when there is none, and on Windows. */
export function openMode(path: string): number | null | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || process.platform === 'win32') return undefined;
  return (mode & 0o077) === 0 ? null : mode & 0o777;
}

/** A line for a file with secrets that other users of the machine may open; undefined when there is none, and on Windows. */
export function modeWarning(path: string): string | undefined {
  const mode = openMode(path) ?? undefined;
  if (mode === undefined) return undefined;
  const shown = mode.toString(8).padStart(4, '0');
  return `${path} holds secrets, and other users of this machine may open it (mode ${shown}): chmod 600 ${path}`;
}
