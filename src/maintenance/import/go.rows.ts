import { createHash } from 'node:crypto';
import { isUuid } from '../../common/rest/uuid.js';
import { plainHash } from '../../crypto/token.hasher.js';
import { isImportedSecret } from '../../token/token.secret.js';
import type { Row } from './go.source.js';
import { goTime } from './go.time.js';
import { MAX_INSTANT } from '../../common/values/limits.js';

/** The reason why a row cannot be imported. The message never contains a secret. */
export class RowError extends Error {}

export interface GoProject {
  id: string;
  name: string;
  /** As stored: in clear or encrypted. */
  storedKey: string;
  isActive: boolean;
  /** Times are in milliseconds. */
  createdAt: number;
  updatedAt: number;
  deactivatedAt: number | null;
}

export interface GoToken {
  id: string;
  /** Undefined when only the hash is known. */
  secret: string | undefined;
  /** `sha256:<hex>`. */
  plainHash: string;
  isActive: boolean;
  expiresAt: number;
  maxRequests: number | null;
  requestCount: number;
  cacheHitCount: number;
  createdAt: number;
  lastUsedAt: number | null;
  deactivatedAt: number | null;
}

/** The latest instant that can be stored. A token without an expiry gets it. */
const MAX_NAME = 120;
const HASH = /^[0-9a-f]{64}$/;
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\ud800-\udfff]/u;

export function goProject(row: Row, nowMs: number): GoProject {
  const name = text(row['name']).trim();
  if (name === '') throw new RowError('it has no name');
  if (name.length > MAX_NAME) throw new RowError(`its name has more than ${MAX_NAME} characters`);
  if (UNPRINTABLE.test(name)) throw new RowError('its name has control characters');
  const createdAt = instant(row, 'created_at') ?? nowMs;
  const updatedAt = instant(row, 'updated_at') ?? createdAt;
  const isActive = flag(row['is_active']);
  return {
    id: uuid(row['id']),
    name,
    storedKey: text(row['api_key'] ?? row['openai_api_key']),
    isActive,
    createdAt,
    updatedAt,
    deactivatedAt: isActive ? null : (instant(row, 'deactivated_at') ?? updatedAt),
  };
}

export function goToken(row: Row, nowMs: number): GoToken {
  const identity = tokenIdentity(row);
  const createdAt = instant(row, 'created_at') ?? nowMs;
  const isActive = flag(row['is_active']);
  return {
    ...identity,
    isActive,
    expiresAt: Math.min(instant(row, 'expires_at') ?? MAX_INSTANT, MAX_INSTANT),
    maxRequests: count(row, 'max_requests') || null,
    requestCount: count(row, 'request_count'),
    cacheHitCount: count(row, 'cache_hit_count'),
    createdAt,
    lastUsedAt: instant(row, 'last_used_at'),
    deactivatedAt: isActive ? null : (instant(row, 'deactivated_at') ?? createdAt),
  };
}

/** The name of a token in a report: its id, or the id that an import would give it. */
export function tokenName(row: Row): string {
  try {
    return tokenIdentity(row).id;
  } catch {
    return typeof row['id'] === 'string' && isUuid(row['id']) ? row['id'] : 'without an id';
  }
}

/** With encryption on, the Go system stored the SHA-256 of a secret instead of the secret. */
function tokenIdentity(row: Row): Pick<GoToken, 'id' | 'secret' | 'plainHash'> {
  const stored = text(row['token']);
  const isHash = HASH.test(stored);
  if (!isHash && !isImportedSecret(stored))
    throw new RowError('its secret does not have the format of an issued token');
  const hash = isHash ? `sha256:${stored}` : plainHash(stored);
  const id = row['id'] === undefined || row['id'] === null ? idFor(hash) : uuid(row['id']);
  return { id, secret: isHash ? undefined : stored, plainHash: hash };
}

/** The id of a token without one, as in old databases. It depends only on the secret (RFC 9562 §5.8), so a repeated import recognises the token. */
function idFor(plain: string): string {
  const hex = createHash('sha256').update(`id of ${plain}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function uuid(value: unknown): string {
  const id = text(value).toLowerCase();
  if (!isUuid(id)) throw new RowError('its id is not a UUID');
  return id;
}

/** Older tables have no such flag: all their rows are active. */
const flag = (value: unknown): boolean =>
  value === undefined || value === null || [1, '1', 't', 'true', true].includes(value as string);

function count(row: Row, column: string): number {
  const number = Number(row[column] ?? 0);
  if (!Number.isSafeInteger(number) || number < 0) throw new RowError(`its ${column} is not a count`);
  return number;
}

function instant(row: Row, column: string): number | null {
  const value = row[column];
  if (value === undefined || value === null || value === 'infinity') return null;
  const ms = goTime(value);
  if (ms === undefined) throw new RowError(`its ${column} is not a time`);
  return ms;
}
