import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';
import type { Notice } from '../event/proxy.event.js';
import type { EventDatabase } from './event.database.js';
import { insertOnce } from './mark.table.js';

/** The notices that no replica has sent. */
export async function newNotices(transaction: EventDatabase, notices: readonly Notice[]): Promise<Notice[]> {
  const into = `INTO event_notices (id, sent_at) VALUES (?, ${DATABASE_CLOCK[transaction.dialect]})`;
  const sql = insertOnce(transaction, into);
  const first: Notice[] = [];
  for (const notice of notices.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    if ((await transaction.execute(sql, [notice.id])) > 0) first.push(notice);
  return first;
}
