import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Json } from '../../common/audit/json.js';
import { Environment, SECRET_VARIABLES, VARIABLES } from './environment.js';

/** The variables of a process as the audit log may show them. */
export interface ShownVariables {
  /**
   * Those that differ from their default. A secret is `{set, mark}`: two marks under one key are equal when the secrets are.
   * A URL has no user information and no query. A file that a variable names has its SHA-256.
   */
  readonly values: Readonly<Record<string, Json>>;
  /** The secret that the marks are made with, and eight hexadecimal digits that identify it. */
  readonly markedBy: { readonly variable: string; readonly key_id: string };
}

const SECRETS = new Set<string>(SECRET_VARIABLES);
/** Variables that name a file with settings. */
const SETTINGS_FILES = new Set<string>(['API_CONFIG_PATH', 'PRICES_PATH']);
const MARK_DIGITS = 8;

export function shownVariables(env: Environment): ShownVariables {
  const defaults: Readonly<Partial<Record<string, unknown>>> = { ...new Environment() };
  const key = markingKey(env);
  const set = VARIABLES.map((name) => [name as string, env[name]] as const)
    .filter(([name, value]) => value !== undefined && value !== defaults[name])
    .map(([name, value]) => [name, shown(name, String(value), key.mark)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { values: Object.fromEntries(set), markedBy: { variable: key.variable, key_id: key.id } };
}

function shown(name: string, value: string, mark: (value: string) => string): Json {
  if (SECRETS.has(name)) return { set: true, mark: mark(value) };
  const clear = withoutCredentials(value);
  if (SETTINGS_FILES.has(name)) return { path: clear, sha256: hashOfFile(value) };
  return clear === value ? value : { value: clear, mark: mark(value) };
}

/** The text with its URLs cut to scheme, host and path. */
const withoutCredentials = (text: string): string =>
  text.replace(/(\w:\/\/)[^/@\s,]*@/g, '$1').replace(/(\w:\/\/[^?\s,]*)\?[^\s,]*/g, '$1');

function hashOfFile(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return null;
  }
}

interface MarkingKey {
  readonly variable: string;
  readonly id: string;
  mark(value: string): string;
}

/** A sub-key of ENCRYPTION_KEY, without one of MANAGEMENT_TOKEN: who reads the log cannot try out secrets. */
function markingKey({ ENCRYPTION_KEY: key, MANAGEMENT_TOKEN: token }: Environment): MarkingKey {
  const raw = key === undefined ? Buffer.from(token) : Buffer.from(key, 'base64');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', raw, '', `llm-proxy/audit-${purpose}/v1`, 32));
  const secret = derive('mark');
  return {
    variable: key === undefined ? 'MANAGEMENT_TOKEN' : 'ENCRYPTION_KEY',
    id: derive('mark-id').toString('hex').slice(0, MARK_DIGITS),
    mark: (value) => createHmac('sha256', secret).update(value).digest('hex').slice(0, MARK_DIGITS),
  };
}
