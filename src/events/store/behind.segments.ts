import type { ProxyEvent } from '../event/proxy.event.js';
import type { EventDatabase } from './event.database.js';
import { foldOf } from './event.fold.js';
import type { Mark } from './mark.table.js';
import { OpenExchanges } from './open.exchanges.js';
import { QuarterSums } from './quarter.sums.js';
import { isNotice, segmentsOf } from './segment.table.js';

/** What the segments of a replica say that its mark does not include. */
export interface Behind {
  readonly sums: QuarterSums;
  readonly open: OpenExchanges;
  /** The newest segment of the replica, or its mark. */
  readonly last: number;
}

export async function readBehind(
  transaction: EventDatabase,
  { replica, rolled, open: openFrom }: Mark,
  nameOf: (model: string) => string | undefined,
): Promise<Behind> {
  const sums = new QuarterSums();
  const open = new OpenExchanges();
  let last = rolled;
  for await (const { id, lines, opened } of segmentsOf(transaction, replica, Math.min(rolled + 1, openFrom))) {
    const events = lines.filter((line) => !isNotice(line));
    if (id > rolled) for (const line of events) sums.add(foldOf(JSON.parse(line) as ProxyEvent, nameOf));
    open.written(opened, id, Date.now());
    open.ended(events);
    last = Math.max(last, id);
  }
  return { sums, open, last };
}
