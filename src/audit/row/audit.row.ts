import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Action } from '../../common/audit/audit.action.js';
import type { Json } from '../../common/audit/json.js';
import type { Origin } from '../../common/audit/management.call.js';
import type { Author } from '../../common/values/actor.js';
import type { AuditDraft, Changes, Outcome } from './audit.draft.js';
import { type Columns, TEXT_COLUMNS, type TextColumn } from './audit.columns.js';
import { hideKeys, type Redaction } from './audit.redaction.js';
import { clean, withinBounds } from './clean.value.js';

/** The end of the chain. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The head of a chain without rows. */
export const NO_HEAD: AuditHead = { seq: 0, hash: '', at: 0 };

/** `prev_hash` of the first row. */
export const FIRST_PREV_HASH = '0'.repeat(64);

/** A row as the API shows it. What it does not have is absent. */
export interface AuditRow {
  readonly id: string;
  readonly seq: number;
  /** RFC 3339, UTC, with milliseconds. */
  readonly at: string;
  readonly action: Action;
  readonly actor: Author;
  readonly actor_id?: string;
  readonly actor_name?: string;
  readonly session_id?: string;
  readonly origin: Origin;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly project_id?: string;
  readonly token_id?: string;
  readonly subject_id?: string;
  readonly request_id?: string;
  readonly correlation_id?: string;
  readonly client_ip?: string;
  readonly user_agent?: string;
  readonly method?: string;
  readonly path?: string;
  readonly changes?: Changes | Omission;
  readonly metadata?: Readonly<Record<string, Json>> | Omission;
  readonly prev_hash: string;
  readonly hash: string;
  /** Base64 of the Ed25519 signature. It and the id of its key are not part of the hash. */
  readonly signature?: string;
  readonly key_id?: string;
}

/** In place of a value that is too long for the row. */
export interface Omission {
  readonly truncated: true;
  /** Of the canonical JSON, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What the hash covers. */
export type HashedRow = Omit<AuditRow, 'hash' | 'signature' | 'key_id'>;

/** The row of a draft at its place in the chain, with values that every database returns as they are. `at`: milliseconds. */
export function rowOf(
  draft: AuditDraft,
  seq: number,
  at: number,
  prevHash: string,
  redact: Redaction = hideKeys,
): AuditRow {
  const { changes, metadata } = draft;
  const row = present({
    id: randomUUID(),
    seq,
    at: new Date(at).toISOString(),
    ...textsOf(draft, redact),
    changes: changes && withinBounds(clean(changes, redact)),
    metadata: metadata && withinBounds(clean(metadata, redact)),
    prev_hash: prevHash,
  }) as unknown as HashedRow;
  return { ...row, hash: hashOf(row) };
}

function textsOf(draft: AuditDraft, redact: Redaction): Record<string, string | undefined> {
  const { actor, call, projectId, tokenId, subjectId, action, outcome, reason } = draft;
  const texts: Partial<Record<TextColumn, string | undefined>> = {
    action,
    actor: actor?.session ? 'admin' : (actor?.kind ?? 'management_api'),
    session_id: actor?.session?.id,
    actor_id: actor?.id,
    actor_name: actor?.name,
    origin: call?.origin ?? actor?.origin ?? 'api',
    outcome,
    reason,
    project_id: projectId,
    token_id: tokenId,
    subject_id: subjectId,
    request_id: call?.requestId,
    correlation_id: call?.correlationId,
    client_ip: call?.clientIp,
    user_agent: call?.userAgent,
    method: call?.method,
    path: call?.path,
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text && cut(clean(text, redact), name as TextColumn)]),
  );
}

/** A cut may leave the first half of a surrogate pair. */
const cut = (text: string, column: TextColumn): string => text.slice(0, TEXT_COLUMNS[column]).toWellFormed();

/** Without what is undefined, null or empty: an absent column changes no hash. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isPresent = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isPresent(value)));
}

/** SHA-256, in hexadecimal, of the canonical JSON (RFC 8785) of the row. Its hash, signature and key id are left out. */
export function hashOf(row: HashedRow & Partial<AuditRow>): string {
  const { hash: _hash, signature: _signature, key_id: _keyId, ...hashed } = row;
  return createHash('sha256').update(canonicalize(hashed)!).digest('hex');
}

/** The columns of a row, by their names in the database. An absent value is null. */
export function columnsOf(row: AuditRow): Columns {
  const { at, changes, metadata } = row;
  return {
    ...row,
    at: Date.parse(at),
    changes: changes && canonicalize(changes),
    metadata: metadata && canonicalize(metadata),
  };
}
