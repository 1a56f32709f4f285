import { randomUUID } from 'node:crypto';
import type { EventDatabase } from '../event.database.js';
import { cutSegments } from '../segment.body.js';
import { DATABASE_CLOCK } from '../../../database/dialect/dialect.js';

/** An event that a sink refused for good. Times are milliseconds since the epoch. */
export interface DeadLetter {
  readonly sink: string;
  readonly eventId: string;
  readonly reason: string;
  readonly tries: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly line: string;
}

/** Which dead events are meant: those of a sink, or all; some of them, or all. */
export interface DeadChoice {
  readonly sink?: string;
  readonly eventIds?: readonly string[];
}

const COLUMNS = 'sink, event_id AS "eventId", reason, tries, first_at AS "firstAt", last_at AS "lastAt", line';
const COLUMNS_MYSQL = COLUMNS.replaceAll('"', '`');
/** Dead events of one transaction. */
const AT_ONCE = 500;

/** Lists, delivers again or drops the events that sinks refused. */
export class DeadLetters {
  constructor(private readonly database: EventDatabase) {}

  /** The oldest first. */
  async list(choice: DeadChoice = {}, limit = AT_ONCE): Promise<DeadLetter[]> {
    return this.read(this.database, choice, limit);
  }

  /** Returns the number of events that are pending again. A sink that was removed gets none. */
  async replay(choice: DeadChoice = {}): Promise<number> {
    return this.each(choice, async (transaction, letters) => {
      const sinks = await transaction.query<{ sink: string }>('SELECT sink FROM event_sinks');
      const replayed: DeadLetter[] = [];
      for (const { sink } of sinks) {
        const own = letters.filter((letter) => letter.sink === sink);
        if (own.length > 0) await this.deliverAgain(transaction, sink, own);
        replayed.push(...own);
      }
      return replayed;
    });
  }

  /** Returns the number of dropped events. */
  async drop(choice: DeadChoice = {}): Promise<number> {
    return this.each(choice, async (_, letters) => letters);
  }

  /** Deletes the letters that `take` returns, in its transaction. */
  private async each(
    choice: DeadChoice,
    take: (transaction: EventDatabase, letters: readonly DeadLetter[]) => Promise<readonly DeadLetter[]>,
  ): Promise<number> {
    let total = 0;
    for (;;) {
      const taken = await this.database.transaction(async (transaction) => {
        const letters = await take(transaction, await this.read(transaction, choice, AT_ONCE));
        for (const { sink, eventId } of letters)
          await transaction.execute('DELETE FROM event_dead WHERE sink = ? AND event_id = ?', [sink, eventId]);
        return letters.length;
      });
      total += taken;
      if (taken < AT_ONCE) return total;
    }
  }

  private async read(database: EventDatabase, choice: DeadChoice, limit: number): Promise<DeadLetter[]> {
    const { sink, eventIds } = choice;
    if (eventIds?.length === 0) return [];
    const terms: string[] = [];
    const parameters: unknown[] = [];
    if (sink !== undefined) terms.push('sink = ?');
    if (sink !== undefined) parameters.push(sink);
    if (eventIds) terms.push(`event_id IN (${eventIds.map(() => '?').join(', ')})`);
    if (eventIds) parameters.push(...eventIds);
    const where = terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '';
    const columns = database.dialect === 'mysql' ? COLUMNS_MYSQL : COLUMNS;
    const sql = `SELECT ${columns} FROM event_dead ${where} ORDER BY first_at, sink, event_id LIMIT ${limit}`;
    return database.query<DeadLetter>(sql, parameters);
  }

  /** Segments of epoch 0: sinks get them, and searches do not see them twice. */
  private async deliverAgain(transaction: EventDatabase, sink: string, letters: readonly DeadLetter[]): Promise<void> {
    const replica = randomUUID();
    const clock = DATABASE_CLOCK[transaction.dialect];
    const bodies = cutSegments(
      letters.map(({ line }) => line),
      Date.now(),
    );
    for (const [at, { lines, bytes, minAt, maxAt }] of bodies.entries()) {
      const id = await transaction.insert(
        `INSERT INTO event_segments (replica, epoch, number, first_seq, events, bytes, created_at, min_at, max_at, body)
         VALUES (?, 0, ?, 0, ?, ?, ${clock}, ?, ?, ?)`,
        [replica, at + 1, lines.length, bytes, minAt, maxAt, lines.join('\n')],
      );
      await transaction.execute('INSERT INTO event_pending (sink, segment_id) VALUES (?, ?)', [sink, id]);
    }
  }
}
