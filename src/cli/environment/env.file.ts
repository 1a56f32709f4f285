import { chmodSync, closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parseEnvText } from '../../config/environment/env.parser.js';
import { readSmallText } from '../../config/values/text.file.js';
import type { Variables } from '../../config/values/variables.js';
import { failure } from '../terminal/cli.error.js';

const OWNER_ONLY = 0o600;

/** A variable to write. `replace` overwrites an existing value. */
export interface Entry {
  name: string;
  value: string;
  comment: string;
  replace?: boolean;
}

/** The text of the file; undefined when the file does not exist. */
export function readTextFile(path: string): string | undefined {
  try {
    return readSmallText(path);
  } catch (error) {
    throw failure(`${path} ${(error as Error).message}`);
  }
}

const valuesOf = (text: string): Variables => parseEnvText(text).variables;

/** Adds the missing entries to the text. An empty value counts as missing. Every other line stays as it is. */
export function mergeEntries(text: string, entries: readonly Entry[]): { text: string; written: string[] } {
  const before = valuesOf(text);
  const changes = entries.filter(({ name, value, replace }) => before[name] !== value && (replace || !before[name]));
  const result = changes.reduce(withEntry, text);
  const after = valuesOf(result);
  const wanted = { ...before, ...Object.fromEntries(changes.map(({ name, value }) => [name, value])) };
  for (const name of Object.keys({ ...wanted, ...after }))
    if (after[name] !== wanted[name]) throw failure(`${name} cannot be written: edit the file by hand`);
  return { text: result, written: changes.map(({ name }) => name) };
}

function withEntry(text: string, { name, value, comment }: Entry): string {
  const line = `${name}=${quoted(value)}`;
  const assignments = [...text.matchAll(new RegExp(`^([ \\t]*(?:export[ \\t]+)?)${name}[ \\t]*=.*$`, 'gm'))];
  const last = assignments.at(-1); // of several assignments the last one counts
  if (last) return text.slice(0, last.index) + last[1] + line + text.slice(last.index + last[0].length);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${text === '' ? '' : '\n'}# ${comment}\n${line}\n`;
}

/** Quotes a value only when its plain form would be parsed as something else. */
function quoted(value: string): string {
  if (/^[\w./:@%+,=[\]-]*$/.test(value)) return value;
  const quote = ["'", '`', '"'].find((mark) => !value.includes(mark)) ?? "'";
  return `${quote}${value}${quote}`;
}

/** Writes a file that only its owner can read, from its creation on. An existing file is replaced in one step: a crash leaves the old or the new one. */
export function writePrivateFile(path: string, text: string, isNew: boolean): void {
  try {
    if (isNew) return create(path, text);
    const target = realpathSync(path);
    const draft = `${target}.${process.pid}.tmp`;
    create(draft, text);
    renameSync(draft, target);
  } catch (error) {
    throw failure(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
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

/** Removes the permissions of group and others from an existing file. */
export const makePrivate = (path: string): void => chmodSync(path, OWNER_ONLY);
