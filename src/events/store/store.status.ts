import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';
import type { EventDatabase } from './event.database.js';
import type { StoreStatus } from './event.draft.js';

/** Counts of what is stored and of what sinks have not taken. */
export async function storeStatus(database: EventDatabase): Promise<Omit<StoreStatus, 'dropped'>> {
  const [total] = await database.query<{ segments: number; bytes: number | null }>(
    'SELECT count(*) AS segments, sum(bytes) AS bytes FROM event_segments',
  );
  const rows = await database.query<{ sink: string; pending: number | null; oldest: number | null; dead: number }>(
    `SELECT k.sink, sum(s.events) AS pending, ${DATABASE_CLOCK[database.dialect]} - min(s.created_at) AS oldest,
       (SELECT count(*) FROM event_dead d WHERE d.sink = k.sink) AS dead
     FROM event_sinks k LEFT JOIN event_pending p ON p.sink = k.sink LEFT JOIN event_segments s ON s.id = p.segment_id
     GROUP BY k.sink`,
  );
  const sinks = rows.map(({ sink, pending, oldest, dead }) => {
    const oldestSeconds = Math.max(0, (oldest ?? 0) / 1000);
    return [sink, { pending: pending ?? 0, oldestSeconds, dead }] as const;
  });
  return { segments: total!.segments, bytes: total!.bytes ?? 0, sinks: Object.fromEntries(sinks) };
}
