import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';
import type { EventDatabase } from './event.database.js';

export interface Mark {
  readonly replica: string;
  readonly epoch: number;
  readonly batch: number;
  readonly rolled: number;
  readonly open: number;
}

/** `batch` of a mark that another process has moved. */
export const RECOVERED = -1;
/** The row that all writers of sums lock on MySQL, where an upsert also locks the gap beside its row. */
const LOCK_ROW = '';

const forUpdate = ({ dialect }: EventDatabase): string => (dialect === 'sqlite' ? '' : ' FOR UPDATE');

/** The mark of a replica, locked until the transaction ends. */
export async function lockMark(transaction: EventDatabase, replica: string): Promise<Mark | undefined> {
  const sql = `SELECT replica, epoch, batch, rolled_segment AS rolled, open_segment AS open FROM event_marks WHERE replica = ?`;
  return (await transaction.query<Mark>(sql + forUpdate(transaction), [replica]))[0];
}

/** Call it before the first write of sums, and before `lockMark`. */
export async function lockSums(transaction: EventDatabase): Promise<void> {
  if (transaction.dialect === 'mysql') await lockMark(transaction, LOCK_ROW);
}

export async function putMark(
  transaction: EventDatabase,
  { replica, epoch, batch, rolled, open }: Mark,
): Promise<void> {
  const clock = DATABASE_CLOCK[transaction.dialect];
  const set = `epoch = ?, batch = ?, rolled_segment = ?, open_segment = ?, marked_at = ${clock}`;
  const values = [epoch, batch, rolled, open];
  const updated = await transaction.execute(`UPDATE event_marks SET ${set} WHERE replica = ?`, [...values, replica]);
  if (updated > 0) return;
  const columns = 'replica, epoch, batch, rolled_segment, open_segment, marked_at';
  await transaction.execute(`INSERT INTO event_marks (${columns}) VALUES (?, ?, ?, ?, ?, ${clock})`, [
    replica,
    ...values,
  ]);
}

export async function ensureLockRow(database: EventDatabase): Promise<void> {
  const values = `VALUES ('${LOCK_ROW}', 0, 0, 0, 0, 0)`;
  const into = `INTO event_marks (replica, epoch, batch, rolled_segment, open_segment, marked_at) ${values}`;
  await database.execute(insertOnce(database, into));
}

/** Inserts unless there is such a row. */
export const insertOnce = ({ dialect }: EventDatabase, into: string): string =>
  dialect === 'mysql' ? `INSERT IGNORE ${into}` : `INSERT ${into} ON CONFLICT DO NOTHING`;

/** Replicas with segments that are not summed, or that may have open exchanges; and when their marks moved. */
export async function replicasBehind(
  database: EventDatabase,
): Promise<readonly { readonly replica: string; readonly markedAt: number }[]> {
  const rows = await database.query<{
    replica: string;
    marked_at: number;
  }>(`SELECT m.replica, m.marked_at FROM event_marks m
    WHERE m.replica <> '' AND EXISTS (SELECT 1 FROM event_segments s WHERE s.replica = m.replica AND s.epoch > 0
      AND (s.id > m.rolled_segment OR s.id >= m.open_segment)) ORDER BY m.replica`);
  return rows.map(({ replica, marked_at: markedAt }) => ({ replica, markedAt }));
}
