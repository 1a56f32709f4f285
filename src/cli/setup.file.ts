import { randomBytes } from 'node:crypto';
import { parseEnv } from 'node:util';
import { LISTEN_ADDRESS } from '../config/config.validators.js';
import type { Variables } from '../config/config.loader.js';
import { usage } from './cli.error.js';
import { type Entry, makePrivate, merged, readText, writePrivately } from './env.file.js';

const KEY_BYTES = 32;

export interface SetupChoices {
  managementToken?: string;
  addr?: string;
  db?: string;
  /** What is chosen here replaces what the file says, and the management token is renewed. */
  force?: boolean;
}

export interface SetupResult {
  config: string;
  /** Names of the variables that were added or changed. */
  written: string[];
}

/** Writes what a server needs into `path`; values that are there stay unless something else was chosen for them with `force`. */
export function writeSetup(path: string, choices: SetupChoices = {}): SetupResult {
  const existing = readText(path);
  const { text, written } = merged(existing ?? '', entriesOf(choices));
  if (existing !== undefined) makePrivate(path);
  if (existing === undefined || written.length > 0) writePrivately(path, text, existing === undefined);
  return { config: path, written };
}

/** What the file says now; nothing when there is none. */
export const currentSetup = (path: string): Variables => parseEnv(readText(path) ?? '');

function entriesOf({ managementToken, addr, db, force = false }: SetupChoices): Entry[] {
  return [
    {
      name: 'MANAGEMENT_TOKEN',
      value: managementToken ?? randomBytes(KEY_BYTES).toString('base64url'),
      comment: 'The credential for /manage. Keep it secret.',
      replace: force && (managementToken !== undefined || (addr === undefined && db === undefined)),
    },
    // Never replaced: the upstream keys in the database can be read with no other.
    { name: 'ENCRYPTION_KEY', value: randomBytes(KEY_BYTES).toString('base64'), comment: 'Encrypts the upstream keys in the database. Losing it loses them.' },
    { name: 'LISTEN_ADDR', value: listenAddress(addr ?? '127.0.0.1:8080'), comment: 'This machine only; :8080 listens to all.', replace: force && addr !== undefined },
    { name: 'DATABASE_PATH', value: filePath(db ?? './data/proxy.db'), comment: 'The SQLite database.', replace: force && db !== undefined },
    { name: 'LOG_LEVEL', value: 'info', comment: 'trace, debug, info, warn, error or silent' },
  ];
}

export function listenAddress(text: string): string {
  const port = LISTEN_ADDRESS.exec(text)?.[3];
  if (port === undefined || Number(port) > 65_535) throw usage('the listen address must be host:port, :port or [v6]:port');
  return text;
}

export function filePath(text: string): string {
  if (text.trim() === '' || /\p{Cc}/u.test(text)) throw usage('the database path must be a path');
  return text;
}
