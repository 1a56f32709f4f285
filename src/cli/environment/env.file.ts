import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { parseEnv } from 'node:util';
import { failed } from '../terminal/cli.error.js';

const OWNER_ONLY = 0o600;

/** A value to write; `replace` makes it win over one that is there. */
export interface Entry {
  name: string;
  value: string;
  comment: string;
  replace?: boolean;
}

/** The text of the file; undefined when there is none. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/** The text with the entries it lacked: every other line stays as it is, an empty value counts as missing. */
export function merged(text: string, entries: readonly Entry[]): { text: string; written: string[] } {
  const before = parseEnv(text);
  const changes = entries.filter(({ name, value, replace }) => before[name] !== value && (replace || !before[name]));
  const result = changes.reduce(withEntry, text);
  const after = parseEnv(result);
  const wanted = { ...before, ...Object.fromEntries(changes.map(({ name, value }) => [name, value])) };
  for (const name of Object.keys({ ...wanted, ...after }))
    if (after[name] !== wanted[name]) throw failed(`${name} cannot be written: please edit the file by hand`);
  return { text: result, written: changes.map(({ name }) => name) };
}

function withEntry(text: string, { name, value, comment }: Entry): string {
  const line = `${name}=${quoted(value)}`;
  const assignments = [...text.matchAll(new RegExp(`^([ \\t]*(?:export[ \\t]+)?)${name}[ \\t]*=.*$`, 'gm'))];
  const last = assignments.at(-1); // the last assignment is the one that counts
  if (last) return text.slice(0, last.index) + last[1] + line + text.slice(last.index + last[0].length);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${text === '' ? '' : '\n'}# ${comment}\n${line}\n`;
}

/** Quoted only when the plain form would be read as something else. */
function quoted(value: string): string {
  if (/^[\w./:@%+,=[\]-]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark)) ?? "'";
  return `${quote}${value}${quote}`;
}

/** A file of its owner alone, from its first moment on; an old one is replaced in one step, so that a crash leaves one or the other. */
export function writePrivately(path: string, text: string, isNew: boolean): void {
  try {
    if (isNew) return create(path, text);
    const target = realpathSync(path);
    const draft = `${target}.${process.pid}.tmp`;
    create(draft, text);
    renameSync(draft, target);
  } catch (error) {
    throw failed(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function create(path: string, text: string): void {
  const file = openSync(path, 'wx', OWNER_ONLY);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Takes from everyone else what a file created by other means may allow them. */
export const makePrivate = (path: string): void => chmodSync(path, OWNER_ONLY);
