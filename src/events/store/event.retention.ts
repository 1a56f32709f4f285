import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';
import { BodyRetention } from './bodies/body.retention.js';
import type { EventDatabase } from './event.database.js';
import type { StoreSettings } from './event.draft.js';
import { PROJECTS, QUARTERS } from './usage.columns.js';

/** Segments of one transaction. */
const AT_ONCE = 200;
/** Pages that SQLite gives back at a time: a step takes milliseconds. */
const VACUUM_PAGES = 256;
/** A notice of an occasion is not sent twice for this long. */
const NOTICES_FOR_MS = 90 * 24 * 60 * 60 * 1000;

/** A segment that is summed, and that recovery does not read. */
const DONE = `NOT EXISTS (SELECT 1 FROM event_marks m WHERE m.replica = s.replica
  AND s.epoch > 0 AND (s.id > m.rolled_segment OR s.id >= m.open_segment))`;
const TAKEN = 'NOT EXISTS (SELECT 1 FROM event_pending p WHERE p.segment_id = s.id)';

/** Deletes events and sums that are kept for long enough. */
export class EventRetention {
  /** Events that a sink has not taken and never gets, since the start. An event of two sinks counts twice. */
  givenUp = 0;
  readonly bodies: BodyRetention;

  constructor(
    private readonly database: EventDatabase,
    private readonly settings: StoreSettings,
  ) {
    this.bodies = new BodyRetention(database, settings);
  }

  /** `now` by the clock of this process is only used for sums; events have the database's. */
  async prune(now: number): Promise<{ givenUpEvents: number }> {
    const { keepMs, maxAgeMs, usageKeepMs } = this.settings;
    const before = this.givenUp;
    const clock = await this.clock();
    await this.deleteAll(`s.created_at <= ? AND ${TAKEN} AND ${DONE}`, clock - keepMs);
    await this.deleteAll(`s.epoch = 0 AND s.created_at <= ? AND ${TAKEN}`, clock);
    await this.deleteAll(`s.created_at <= ? AND ${DONE}`, clock - maxAgeMs);
    if (this.settings.maxBytes > 0) await this.deleteOverBytes();
    await this.bodies.prune(clock);
    await this.database.execute('DELETE FROM event_notices WHERE sent_at < ?', [clock - NOTICES_FOR_MS]);
    if (usageKeepMs > 0) await this.deleteSums(now - usageKeepMs);
    await this.deleteMarks(clock - Math.max(keepMs, maxAgeMs));
    if (this.database.dialect === 'sqlite') await this.database.query(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    return { givenUpEvents: this.givenUp - before };
  }

  /** Of both tables at once: they have the same sums. */
  private async deleteSums(before: number): Promise<void> {
    const tables = this.database.dialect === 'sqlite' ? [QUARTERS, PROJECTS] : [QUARTERS];
    await this.database.transaction(async (transaction) => {
      for (const { name } of tables) await transaction.execute(`DELETE FROM ${name} WHERE quarter < ?`, [before]);
    });
  }

  private async clock(): Promise<number> {
    const [row] = await this.database.query<{ now: number }>(`SELECT ${DATABASE_CLOCK[this.database.dialect]} AS now`);
    return row!.now;
  }

  private async deleteAll(where: string, parameter: number): Promise<void> {
    const sql = `SELECT s.id FROM event_segments s WHERE ${where} ORDER BY s.id LIMIT ${AT_ONCE}`;
    for (;;) {
      const ids = (await this.database.query<{ id: number }>(sql, [parameter])).map(({ id }) => id);
      if (ids.length > 0) await this.delete(ids);
      if (ids.length < AT_ONCE) return;
    }
  }

  /** The oldest go first, also those that a sink has not taken. */
  private async deleteOverBytes(): Promise<void> {
    const [row] = await this.database.query<{ bytes: number | null }>('SELECT sum(bytes) AS bytes FROM event_segments');
    let excess = (row?.bytes ?? 0) - this.settings.maxBytes;
    const sql = `SELECT s.id, s.bytes FROM event_segments s WHERE ${DONE} ORDER BY s.id LIMIT ${AT_ONCE}`;
    while (excess > 0) {
      const ids: number[] = [];
      for (const { id, bytes } of await this.database.query<{ id: number; bytes: number }>(sql)) {
        if (excess <= 0) break;
        ids.push(id);
        excess -= bytes;
      }
      if (ids.length === 0) return;
      await this.delete(ids);
    }
  }

  private async delete(ids: readonly number[]): Promise<void> {
    const marks = ids.map(() => '?').join(', ');
    const pending = `SELECT sum(s.events) AS events FROM event_pending p JOIN event_segments s ON s.id = p.segment_id WHERE p.segment_id IN (${marks})`;
    const events = await this.database.transaction(async (transaction) => {
      const [row] = await transaction.query<{ events: number | null }>(pending, ids);
      await transaction.execute(`DELETE FROM event_pending WHERE segment_id IN (${marks})`, ids);
      await transaction.execute(`DELETE FROM event_bodies WHERE segment_id IN (${marks})`, ids);
      await transaction.execute(`DELETE FROM event_segments WHERE id IN (${marks})`, ids);
      return row?.events ?? 0;
    });
    this.givenUp += events;
  }

  /** Replicas that have left long ago. */
  private async deleteMarks(before: number): Promise<void> {
    await this.database.execute(
      `DELETE FROM event_marks WHERE replica <> '' AND marked_at < ?
       AND NOT EXISTS (SELECT 1 FROM event_segments s WHERE s.replica = event_marks.replica)`,
      [before],
    );
  }
}
