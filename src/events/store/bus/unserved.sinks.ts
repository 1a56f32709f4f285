import { DATABASE_CLOCK } from '../../../database/dialect/dialect.js';
import type { EventDatabase } from '../event.database.js';

export interface UnservedSink {
  readonly sink: string;
  readonly events: number;
  /** The age of the oldest event that waits. */
  readonly oldestSeconds: number;
}

/** Sinks that events wait for and that no process has a lease of. */
export async function unservedSinks(database: EventDatabase): Promise<UnservedSink[]> {
  const clock = DATABASE_CLOCK[database.dialect];
  const rows = await database.query<{
    sink: string;
    events: number;
    age: number;
  }>(
    `SELECT k.sink, sum(s.events) AS events, ${clock} - min(s.created_at) AS age
     FROM event_sinks k JOIN event_pending p ON p.sink = k.sink JOIN event_segments s ON s.id = p.segment_id
     WHERE k.holder IS NULL OR k.held_until < ${clock} GROUP BY k.sink ORDER BY k.sink`,
  );
  return rows.map(({ sink, events, age }) => ({ sink, events, oldestSeconds: Math.max(0, age / 1000) }));
}
