import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { ConfigError } from '../../config/values/config.error.js';
import { parseListenAddress } from '../../config/values/config.validators.js';
import { parseEnvText } from '../../config/environment/env.parser.js';
import type { Variables } from '../../config/values/variables.js';
import { usageError } from '../terminal/cli.error.js';
import { type Entry, makePrivate, mergeEntries, readTextFile, writePrivateFile } from '../environment/env.file.js';

const KEY_BYTES = 32;
export const DEFAULT_LISTEN_ADDRESS = '127.0.0.1:8080';
export const DEFAULT_DATABASE_PATH = './data/proxy.db';

export interface SetupChoices {
  managementToken?: string;
  addr?: string | undefined;
  db?: string | undefined;
  /** Variables whose existing value is overwritten. */
  replace?: readonly ('MANAGEMENT_TOKEN' | 'LISTEN_ADDR' | 'DATABASE_PATH')[];
}

export interface SetupResult {
  config: string;
  /** Names of the variables that were added or changed. */
  written: string[];
}

/** Writes the variables that a server needs into `path`. Existing values are kept, except those to `replace`. */
export function writeSetup(path: string, choices: SetupChoices = {}): SetupResult {
  const existing = readTextFile(path);
  assertNoDataWithoutKeys(path, existing, choices.db);
  const { text, written } = mergeEntries(existing ?? '', entriesOf(choices));
  if (existing !== undefined) makePrivate(path);
  if (existing === undefined || written.length > 0) writePrivateFile(path, text, existing === undefined);
  return { config: path, written };
}

/** The variables in the file; none when the file does not exist. */
export const currentSetup = (path: string): Variables => parseEnvText(readTextFile(path) ?? '').variables;

/** A new key cannot read the data of a lost one, and a file with it would hide the loss. */
function assertNoDataWithoutKeys(path: string, text: string | undefined, chosen: string | undefined): void {
  const current = parseEnvText(text ?? '').variables;
  if (current['MANAGEMENT_TOKEN'] || current['ENCRYPTION_KEY']) return;
  const database = chosen ?? (current['DATABASE_PATH'] || DEFAULT_DATABASE_PATH);
  if (hasData(database))
    throw new ConfigError([
      `${path} ${text === undefined ? 'is missing' : 'has no keys'}, but the database ${database} exists: put the old ${path} back, or move ${database} away to begin anew`,
    ]);
}

/** Whether there is a file with anything in it. What is wrong with a path is for the server to say. */
function hasData(path: string): boolean {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
}

function entriesOf({ managementToken, addr, db, replace = [] }: SetupChoices): Entry[] {
  const entries: Entry[] = [
    {
      name: 'MANAGEMENT_TOKEN',
      value: managementToken ?? newKey('base64url'),
      comment: 'The credential for /manage. Keep it secret.',
    },
    {
      name: 'ENCRYPTION_KEY',
      value: newKey('base64'),
      comment: 'Encrypts the upstream keys in the database. Without this key they are lost.',
    },
    {
      name: 'LISTEN_ADDR',
      value: listenAddress(addr ?? DEFAULT_LISTEN_ADDRESS),
      comment: 'Reachable from this machine only. :8080 listens on all addresses.',
    },
    { name: 'DATABASE_PATH', value: filePath(db ?? DEFAULT_DATABASE_PATH), comment: 'The SQLite database.' },
    { name: 'LOG_LEVEL', value: 'info', comment: 'trace, debug, info, warn, error or silent' },
  ];
  for (const entry of entries) entry.replace = replace.some((name) => name === entry.name);
  return entries;
}

const newKey = (encoding: 'base64' | 'base64url'): string => randomBytes(KEY_BYTES).toString(encoding);

export function listenAddress(text: string): string {
  if (!parseListenAddress(text)) throw usageError('the listen address must be host:port, :port or [v6]:port');
  return text;
}

export function filePath(text: string): string {
  if (text.trim() === '' || /\p{Cc}/u.test(text))
    throw usageError('the database path must not be empty and must not have control characters');
  return text;
}
