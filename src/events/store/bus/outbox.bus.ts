import { DATABASE_CLOCK } from '../../../database/dialect/dialect.js';
import { type DeadEvent, type EventBatch, EventBus, type SinkLag } from '../../event/event.bus.js';
import { withoutBodies } from '../../event/capture.line.js';
import { joinBodies } from '../bodies/body.table.js';
import type { EventDatabase } from '../event.database.js';
import { insertOnce } from '../mark.table.js';
import { linesOf } from '../segment.table.js';

/** A sink of a process that died is taken over after this time. `claim` renews the lease. */
export const LEASE_MS = 15_000;
const MAX_REASON = 500;

interface PendingRow {
  readonly replica: string;
  readonly epoch: number;
  readonly number: number;
  readonly body: string;
}

/** The bus in the database: a pending row is written with each segment, for each registered sink. */
export class OutboxBus extends EventBus {
  private readonly clock: string;

  /** `holder` names this process, and no other. */
  constructor(
    private readonly database: EventDatabase,
    private readonly holder: string,
  ) {
    super();
    this.clock = DATABASE_CLOCK[database.dialect];
  }

  async register(sink: string): Promise<void> {
    const into = `INTO event_sinks (sink, registered_at) VALUES (?, ${this.clock})`;
    await this.database.execute(insertOnce(this.database, into), [sink]);
  }

  /** Its dead events stay until they are dropped. */
  async remove(sink: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.execute('DELETE FROM event_sinks WHERE sink = ?', [sink]);
      await transaction.execute('DELETE FROM event_pending WHERE sink = ?', [sink]);
    });
  }

  /** Pending rows say what is new. Identities do not: a lower one may be committed later. */
  async claim(sink: string, maxBatches: number): Promise<EventBatch[]> {
    if (!(await this.lease(sink))) return [];
    const sql = `SELECT s.replica, s.epoch, s.number, s.body FROM event_pending p JOIN event_segments s ON s.id = p.segment_id
      WHERE p.sink = ? ORDER BY p.segment_id LIMIT ${Math.max(1, Math.floor(maxBatches))}`;
    const rows = await this.database.query<PendingRow>(sql, [sink]);
    const batches = rows.map(batchOf);
    const empty = batches.filter(({ lines }) => lines.length === 0);
    for (const batch of empty) await this.acknowledge(sink, batch);
    if (empty.length === batches.length && batches.length > 0) return this.claim(sink, maxBatches);
    return this.joined(batches.filter(({ lines }) => lines.length > 0));
  }

  async acknowledge(sink: string, { id }: EventBatch): Promise<void> {
    const [replica, epoch, number] = id.split('.');
    await this.database.execute(
      `DELETE FROM event_pending WHERE sink = ?
       AND segment_id = (SELECT id FROM event_segments WHERE replica = ? AND epoch = ? AND number = ?)`,
      [sink, replica, Number(epoch), Number(number)],
    );
  }

  /** Captured bodies are not buried: they would live longer than they may. */
  async bury(sink: string, events: readonly DeadEvent[]): Promise<void> {
    const columns = '(sink, event_id, reason, tries, first_at, last_at, line)';
    const values = `VALUES (?, ?, ?, ?, ${this.clock}, ${this.clock}, ?)`;
    const into = `INSERT INTO event_dead ${columns} ${values} ${AGAIN[this.database.dialect]}`;
    await this.database.transaction(async (transaction) => {
      for (const { eventId, reason, tries, line } of events)
        await transaction.execute(into, [sink, eventId, reason.slice(0, MAX_REASON), tries, withoutBodies(line)]);
    });
  }

  async lag(sink: string): Promise<SinkLag> {
    const [row] = await this.database.query<{ events: number | null; oldest: number | null }>(
      `SELECT sum(s.events) AS events, ${this.clock} - min(s.created_at) AS oldest
       FROM event_pending p JOIN event_segments s ON s.id = p.segment_id WHERE p.sink = ?`,
      [sink],
    );
    return { events: row?.events ?? 0, seconds: Math.max(0, (row?.oldest ?? 0) / 1000) };
  }

  async release(sink: string): Promise<void> {
    const sql = 'UPDATE event_sinks SET holder = NULL, held_until = NULL WHERE sink = ? AND holder = ?';
    await this.database.execute(sql, [sink, this.holder]);
  }

  /** Sinks get captured bodies in the lines, as far as they are still kept. */
  private async joined(batches: readonly EventBatch[]): Promise<EventBatch[]> {
    const lines = await joinBodies(
      this.database,
      batches.flatMap((batch) => batch.lines),
    );
    let from = 0;
    return batches.map((batch) => ({ id: batch.id, lines: lines.slice(from, (from += batch.lines.length)) }));
  }

  /** The database stays open. Leases end by themselves, or by `release`. */
  async close(): Promise<void> {}

  private async lease(sink: string): Promise<boolean> {
    const sql = `UPDATE event_sinks SET holder = ?, held_until = ${this.clock} + ${LEASE_MS}
      WHERE sink = ? AND (holder IS NULL OR holder = ? OR held_until < ${this.clock})`;
    return (await this.database.execute(sql, [this.holder, sink, this.holder])) > 0;
  }
}

/** Stable and the same nowhere else, also after the database was made anew. */
const batchOf = ({ replica, epoch, number, body }: PendingRow): EventBatch => ({
  id: `${replica}.${epoch}.${number}`,
  lines: linesOf(body),
});

/** An event that is buried again. */
const UPDATED = 'reason = excluded.reason, tries = event_dead.tries + excluded.tries, last_at = excluded.last_at';
const AGAIN = {
  sqlite: `ON CONFLICT (sink, event_id) DO UPDATE SET ${UPDATED}`,
  postgres: `ON CONFLICT (sink, event_id) DO UPDATE SET ${UPDATED}`,
  mysql: `ON DUPLICATE KEY UPDATE reason = VALUES(reason), tries = tries + VALUES(tries), last_at = VALUES(last_at)`,
} as const;
