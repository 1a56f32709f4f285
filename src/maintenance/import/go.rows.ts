import { createHash } from 'node:crypto';
import { isUuid } from '../../common/rest/uuid.js';
import { plainHash } from '../../crypto/token.hasher.js';
import { isImportedSecret } from '../../token/token.secret.js';
import type { Row } from './go.source.js';
import { goTime } from './go.time.js';

/** Why a row cannot be brought over; never holds what is secret in it. */
export class RowFault extends Error {}

export interface GoProject {
  id: string;
  name: string;
  /** In clear or sealed, as it was stored. */
  storedKey: string;
  isActive: boolean;
  /** Milliseconds, here and below. */
  createdAt: number;
  updatedAt: number;
  deactivatedAt: number | null;
}

export interface GoToken {
  id: string;
  /** Undefined when only its hash is known. */
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

/** The farthest instant that is stored: the end of a token without an expiry. */
const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MAX_NAME = 120;
const HASH = /^[0-9a-f]{64}$/;
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\ud800-\udfff]/u;

export function goProject(row: Row, nowMs: number): GoProject {
  const name = text(row['name']).trim();
  if (name === '') throw new RowFault('it has no name');
  if (name.length > MAX_NAME) throw new RowFault(`its name has more than ${MAX_NAME} characters`);
  if (UNPRINTABLE.test(name)) throw new RowFault('its name has control characters');
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

/** What a token is called in a report: its id, or what stands for the one it lacks. */
export function tokenName(row: Row): string {
  try {
    return tokenIdentity(row).id;
  } catch {
    return typeof row['id'] === 'string' && isUuid(row['id']) ? row['id'] : 'without an id';
  }
}

/** With encryption on, the Go system stored the SHA-256 of a secret in its place. */
function tokenIdentity(row: Row): Pick<GoToken, 'id' | 'secret' | 'plainHash'> {
  const stored = text(row['token']);
  const isHash = HASH.test(stored);
  if (!isHash && !isImportedSecret(stored)) throw new RowFault('its secret is not of the form that was issued');
  const hash = isHash ? `sha256:${stored}` : plainHash(stored);
  const id = row['id'] === undefined || row['id'] === null ? idFor(hash) : uuid(row['id']);
  return { id, secret: isHash ? undefined : stored, plainHash: hash };
}

/** Old databases have no ids of tokens: always the same one for the same token (RFC 9562 §5.8), so that it is known again. */
function idFor(plain: string): string {
  const hex = createHash('sha256').update(`id of ${plain}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function uuid(value: unknown): string {
  const id = text(value).toLowerCase();
  if (!isUuid(id)) throw new RowFault('its id is no UUID');
  return id;
}

/** A missing flag is an older table's: everything was active then. */
const flag = (value: unknown): boolean =>
  value === undefined || value === null || [1, '1', 't', 'true', true].includes(value as string);

function count(row: Row, column: string): number {
  const number = Number(row[column] ?? 0);
  if (!Number.isSafeInteger(number) || number < 0) throw new RowFault(`its ${column} is no count`);
  return number;
}

function instant(row: Row, column: string): number | null {
  const value = row[column];
  if (value === undefined || value === null || value === 'infinity') return null;
  const ms = goTime(value);
  if (ms === undefined) throw new RowFault(`its ${column} is no time`);
  return ms;
}
