import { statSync } from 'node:fs';

/** A line for a file with secrets that other users of the machine may open; undefined when there is none, and on Windows. */
export function modeWarning(path: string): string | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || process.platform === 'win32' || (mode & 0o077) === 0) return undefined;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  return `${path} holds secrets, and other users of this machine may open it (mode ${shown}): chmod 600 ${path}`;
}
