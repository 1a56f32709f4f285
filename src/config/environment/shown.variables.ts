import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Json } from '../../common/audit/json.js';
import { withoutCredentials } from '../../common/connection/url.credentials.js';
import { Environment, SECRET_VARIABLES, VARIABLES } from './environment.js';

/** The variables of a process as the audit log may show them. */
export interface ShownVariables {
  /**
   * Those that differ from their default. A secret is `{set, mark}`: two marks under one key are equal when the secrets are.
   * Without ENCRYPTION_KEY there are no marks: any other secret may be short enough to be found by its marks.
   * A URL has no user information and no query. A file that a variable names has its SHA-256.
   */
  readonly values: Readonly<Record<string, Json>>;
  /** The secret that the marks are made with, and eight hexadecimal digits that identify it; null without marks. */
  readonly markedBy: { readonly variable: string; readonly key_id: string } | null;
}

const SECRETS = new Set<string>(SECRET_VARIABLES);
/** Variables that name a file with settings. */
const SETTINGS_FILES = new Set<string>(['API_CONFIG_PATH', 'PRICES_PATH']);
const MARK_DIGITS = 8;

export function shownVariables(env: Environment): ShownVariables {
  const defaults: Readonly<Partial<Record<string, unknown>>> = { ...new Environment() };
  const key = env.ENCRYPTION_KEY === undefined ? undefined : markingKey(env.ENCRYPTION_KEY);
  const set = VARIABLES.map((name) => [name as string, env[name]] as const)
    .filter(([name, value]) => value !== undefined && value !== defaults[name])
    .map(([name, value]) => [name, shown(name, String(value), key?.mark)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { values: Object.fromEntries(set), markedBy: key ? { variable: 'ENCRYPTION_KEY', key_id: key.id } : null };
}

function shown(name: string, value: string, mark: MarkingKey['mark'] | undefined): Json {
  const marked = mark && { mark: mark(value) };
  if (SECRETS.has(name)) return { set: true, ...marked };
  const clear = withoutCredentials(value);
  if (SETTINGS_FILES.has(name)) return { path: clear, sha256: hashOfFile(value) };
  return clear === value ? value : { value: clear, ...marked };
}

function hashOfFile(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return null;
  }
}

interface MarkingKey {
  readonly id: string;
  mark(this: void, value: string): string;
}

/** Sub-keys of ENCRYPTION_KEY, which is 32 random bytes: the log gives no means to try out a secret. */
function markingKey(encryptionKey: string): MarkingKey {
  const raw = Buffer.from(encryptionKey, 'base64');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', raw, '', `llm-proxy/audit-${purpose}/v1`, 32));
  const secret = derive('mark');
  return {
    id: derive('mark-id').toString('hex').slice(0, MARK_DIGITS),
    mark: (value) => createHmac('sha256', secret).update(value).digest('hex').slice(0, MARK_DIGITS),
  };
}
