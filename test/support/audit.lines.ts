import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of the file and of those that a rotation has renamed, the oldest first. */
export function linesOf(path: string): string[] {
  const folder = join(path, '..');
  const prefix = `${path.slice(folder.length + 1)}.`;
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .toSorted((one, other) => other - one);
  const text = [...numbers.map((number) => `${path}.${number}`), path]
    .filter((name) => existsSync(name))
    .map((name) => readFileSync(name, 'utf8'))
    .join('');
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not whole');
  return text.split('\n').slice(0, -1);
}
