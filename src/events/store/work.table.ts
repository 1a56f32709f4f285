import type { Fold, OpenWork, WorkClaim } from './event.draft.js';
import type { EventDatabase } from './event.database.js';
import { insertOnce } from './mark.table.js';

type WorkRow = Omit<OpenWork, 'key' | 'projectId' | 'tokenId' | 'requestId' | 'at'> & {
  work_key: string;
  project_id: string;
  token_id: string;
  request_id: string;
  made_at: number;
};

const COLUMNS = 'work_key, kind, project_id, token_id, tier, model, uuid, request_id, route, made_at, deadline';
const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

/** Sorted, so that two processes lock rows in the same order. */
export async function openWork(transaction: EventDatabase, works: readonly OpenWork[]): Promise<void> {
  const sql = insertOnce(transaction, `INTO work_open (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  for (const work of works.toSorted(byKey)) {
    const { key, kind, projectId, tokenId, tier, model, uuid, requestId, route, at, deadline } = work;
    await transaction.execute(sql, [key, kind, projectId, tokenId, tier, model, uuid, requestId, route, at, deadline]);
  }
}

export interface CompletedWork {
  readonly lines: string[];
  readonly folds: Fold[];
}

/** Closes the work that is open. `seq` is that of the first event. */
export async function closeWork(
  transaction: EventDatabase,
  claims: readonly WorkClaim[],
  seq: number,
): Promise<CompletedWork> {
  const completed: CompletedWork = { lines: [], folds: [] };
  for (const claim of claims.toSorted(byKey)) {
    const maker = await takeWork(transaction, claim.key);
    if (maker === undefined) continue;
    const { line, fold } = claim.complete(maker, seq + completed.lines.length);
    completed.lines.push(line);
    completed.folds.push(fold);
  }
  return completed;
}

/** Deletes the row: another transaction that reads it waits, and finds none. */
async function takeWork(transaction: EventDatabase, key: string): Promise<OpenWork | undefined> {
  const lock = transaction.dialect === 'sqlite' ? '' : ' FOR UPDATE';
  const rows = await transaction.query<WorkRow>(`SELECT ${COLUMNS} FROM work_open WHERE work_key = ?${lock}`, [key]);
  const [row] = rows;
  if (row === undefined) return undefined;
  await transaction.execute('DELETE FROM work_open WHERE work_key = ?', [key]);
  return workOf(row);
}

/** The keys of work whose deadline has passed, the oldest first. */
export async function expiredWork(database: EventDatabase, now: number, limit: number): Promise<string[]> {
  const sql = `SELECT work_key FROM work_open WHERE deadline < ? ORDER BY deadline LIMIT ${limit}`;
  return (await database.query<{ work_key: string }>(sql, [now])).map((row) => row.work_key);
}

const workOf = (row: WorkRow): OpenWork => ({
  key: row.work_key,
  kind: row.kind,
  projectId: row.project_id,
  tokenId: row.token_id,
  tier: row.tier,
  model: row.model,
  uuid: row.uuid,
  requestId: row.request_id,
  route: row.route,
  at: row.made_at,
  deadline: row.deadline,
});
