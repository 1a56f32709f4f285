import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Columns, COLUMNS } from '../../src/audit/row/audit.columns.js';
import type { AuditDraft } from '../../src/audit/row/audit.draft.js';
import { type AuditRow, columnsOf, FIRST_PREV_HASH, rowOf } from '../../src/audit/row/audit.row.js';
import { ROOT, SYSTEM } from '../../src/common/values/actor.js';
import type { ManagementCall } from '../../src/common/audit/management.call.js';
import { dialectOf, withPlaceholders } from '../../src/database/dialect/dialect.js';

const PART = 200;
const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

/** Values that seeded rows have; the first of each are more frequent. */
export const SEEDED = {
  projects: ids(40),
  tokens: ids(200),
  operators: ids(5),
  actions: ['token.create', 'token.update', 'token.revoke', 'project.update', 'auth.denied'],
  addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
  methods: ['POST', 'PATCH', 'DELETE'],
  words: ['Alpha', 'beta_100%', 'Gamma!', 'quote"d', 'back\\slash'],
} as const;

/** The first is about as frequent as all others. */
const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() ** 2 * values.length)]!;

function draft(projects: readonly string[]): AuditDraft {
  const action = pick(SEEDED.actions) as AuditDraft['action'];
  const operator = pick([...SEEDED.operators, undefined, undefined]);
  const outcome = action === 'auth.denied' ? 'denied' : pick(['success', 'success', 'failure'] as const);
  const call: ManagementCall = {
    requestId: randomUUID(),
    correlationId: pick([undefined, undefined, `batch ${Math.floor(Math.random() * 50)}`]),
    clientIp: pick(SEEDED.addresses),
    userAgent: 'seed',
    method: pick(SEEDED.methods),
    path: `/manage/${pick(['tokens', 'projects'])}`,
    origin: pick(['api', 'cli']),
    action,
    rows: 0,
  };
  const project = pick([...projects, undefined]);
  const token = pick([undefined, ...SEEDED.tokens]);
  const subject = pick([undefined, undefined, ...SEEDED.operators]);
  return {
    action,
    actor:
      operator === undefined ? pick([ROOT, SYSTEM]) : { ...ROOT, kind: 'operator', id: operator, name: 'Öperator' },
    call,
    outcome,
    ...(outcome !== 'success' && { reason: 'token_not_found' }),
    ...(project !== undefined && { projectId: project }),
    ...(token !== undefined && { tokenId: token }),
    ...(subject !== undefined && { subjectId: subject }),
    ...(outcome === 'success' && { changes: { name: { from: pick(SEEDED.words), to: pick(SEEDED.words) } } }),
    metadata: { word: pick(SEEDED.words), ...(action === 'token.revoke' && { token_ids: [pick(SEEDED.tokens)] }) },
  };
}

/** Adds whole rows to the end of the log, one a second from `from` on. */
export async function seedAudit(
  database: DataSource,
  count: number,
  from: number,
  projects: readonly string[] = SEEDED.projects,
): Promise<void> {
  const [last] = await database.query('SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1');
  let seq = Number(last?.seq ?? 0);
  let hash: string = last?.hash ?? FIRST_PREV_HASH;
  let at = from;
  for (let left = count; left > 0; left -= PART) {
    const rows: AuditRow[] = [];
    for (let i = 0; i < Math.min(PART, left); i += 1) {
      const row = rowOf(draft(projects), (seq += 1), (at += 1000), hash);
      hash = row.hash;
      rows.push(row);
    }
    await insert(database, rows);
  }
  await database.query(
    withPlaceholders('UPDATE revisions SET audit_seq = ?, audit_hash = ?, audit_at = ?', dialectOf(database)),
    [seq, hash, at],
  );
}

const insert = async (database: DataSource, rows: readonly AuditRow[]): Promise<void> =>
  insertColumns(database, rows.map(columnsOf));

/** Writes rows as the database had them. */
export async function insertColumns(database: DataSource, rows: readonly Columns[]): Promise<void> {
  const one = `(${COLUMNS.map(() => '?').join(', ')})`;
  for (let i = 0; i < rows.length; i += PART) {
    const part = rows.slice(i, i + PART);
    const sql = `INSERT INTO audit_events (${COLUMNS.join(', ')}) VALUES ${part.map(() => one).join(', ')}`;
    const values = part.flatMap((columns) => COLUMNS.map((name) => columns[name] ?? null));
    await database.query(withPlaceholders(sql, dialectOf(database)), values);
  }
}
