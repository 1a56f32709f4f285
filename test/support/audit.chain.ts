import { randomUUID } from 'node:crypto';
import type { KeyTexts } from '../../src/audit/chain/chain.fault.js';
import { pemOf, type SigningKey } from '../../src/audit/chain/signing.key.js';
import type { AuditDraft } from '../../src/audit/row/audit.draft.js';
import { type AuditRow, FIRST_PREV_HASH, hashOf, rowOf } from '../../src/audit/row/audit.row.js';
import { SYSTEM } from '../../src/common/values/actor.js';

/** A draft with a value in each column. */
export const fullDraft = (n: number): AuditDraft => ({
  action: 'token.update',
  actor: {
    kind: 'operator',
    origin: 'api',
    id: randomUUID(),
    name: `operator ${n}`,
    role: 'admin',
    projects: undefined,
  },
  call: {
    requestId: `request-${n}`,
    correlationId: `correlation-${n}`,
    clientIp: '127.0.0.1',
    userAgent: 'curl',
    method: 'PATCH',
    path: '/manage/tokens',
    origin: 'api',
    action: 'token.update',
    rows: 0,
  },
  outcome: 'success',
  reason: 'none',
  projectId: randomUUID(),
  tokenId: randomUUID(),
  subjectId: randomUUID(),
  changes: { name: { from: `a${n}`, to: `b${n}` } },
  metadata: { n },
});

/** The row that announces a key. */
export const keyDraft = (key: SigningKey): AuditDraft => ({
  action: 'audit.key',
  actor: SYSTEM,
  call: undefined,
  outcome: 'success',
  metadata: { public_key: pemOf(key.publicKey) },
});

/** The row that stands for all rows up to `last`. */
export const pruneDraft = ({ seq, hash, at }: AuditRow, keys: KeyTexts): AuditDraft => ({
  action: 'audit.prune',
  actor: SYSTEM,
  call: undefined,
  outcome: 'success',
  metadata: {
    to_seq: seq,
    to_hash: hash,
    rows: seq,
    first_at: at,
    last_at: at,
    keys,
  },
});

export const signedRow = (row: AuditRow, key: SigningKey | undefined): AuditRow =>
  key ? { ...row, signature: key.sign(row.seq, row.hash), key_id: key.id } : row;

/** Adds a row behind the last one. */
export function append(rows: AuditRow[], draft: AuditDraft, key?: SigningKey): void {
  const seq = rows.length + 1;
  rows.push(signedRow(rowOf(draft, seq, 1_000 * seq, rows.at(-1)?.hash ?? FIRST_PREV_HASH), key));
}

/** `length` rows; with a key the first one announces it. */
export function chainOf(length: number, key?: SigningKey): AuditRow[] {
  const rows: AuditRow[] = [];
  if (key) append(rows, keyDraft(key), key);
  while (rows.length < length) append(rows, fullDraft(rows.length + 1), key);
  return rows;
}

/** The row with other values and the hash that belongs to them. Its signature stays. */
export function rehashed(row: AuditRow, values: Partial<AuditRow>): AuditRow {
  const changed = { ...row, ...values };
  return { ...changed, hash: hashOf(changed) };
}
