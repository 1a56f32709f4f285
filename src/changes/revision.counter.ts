import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ChainEnd, NO_END } from '../audit/audit.chain.js';
import { DATABASE_CLOCK, dialectOf, withPlaceholders } from '../database/dialect/dialect.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { isUniqueViolation } from '../database/dialect/driver.code.js';
import { COUNTER_ID, RevisionEntity } from './revision.entity.js';

/** A position of the counter. Positions of the same value and different instants differ: one was restored from a backup. */
export interface Position {
  readonly value: number;
  readonly changedAt: number;
}

/** An unknown position is the same as no other. */
export const isSame = (a: Position | undefined, b: Position | undefined): boolean =>
  a !== undefined && a.value === b?.value && a.changedAt === b.changedAt;

/** The position of a missing counter: equal to no other. */
export const NOWHERE: Position = { value: 0, changedAt: -1 };

/** What the counter has while it is locked. */
export interface Locked {
  readonly position: Position;
  /** The end of the audit log. */
  readonly end: ChainEnd;
}

interface CounterRow {
  value: number | string;
  changed_at: number | string;
  audit_seq: number | string;
  audit_hash: string;
  audit_at: number | string;
  audit_key_id: string;
  /** Not on SQLite, which has the clock of its process. */
  now?: number | string;
}

const FROM = `FROM revisions WHERE id = ${COUNTER_ID}`;
const READ = `SELECT value, changed_at ${FROM}`;
const ALL = 'SELECT value, changed_at, audit_seq, audit_hash, audit_at, audit_key_id';

/** The counter of changes. Its row is the lock under which changes commit one after the other. */
@Injectable()
export class RevisionCounter implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    /** Absent in a command, which opens the database itself. */
    @Inject(DatabaseBootstrap) private readonly bootstrap?: DatabaseBootstrap,
  ) {}

  /** A transaction of SQLite holds the write lock from its beginning. */
  private get lockedRead(): string {
    const dialect = dialectOf(this.dataSource);
    return dialect === 'sqlite' ? `${ALL} ${FROM}` : `${ALL}, ${DATABASE_CLOCK[dialect]} AS now ${FROM} FOR UPDATE`;
  }

  onModuleInit(): void {
    this.bootstrap?.addCheck(async (manager) => {
      if (positionOf(await manager.query(READ))) return;
      await create(manager).catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
      });
    });
  }

  /** A missing row, as after its table was created anew, is the beginning of another history. */
  async read(): Promise<Position> {
    return positionOf(await this.dataSource.query(READ)) ?? NOWHERE;
  }

  /** Locks the counter until the transaction ends, and creates it when it is missing. Only AuditLedger calls it. */
  async lock(manager: EntityManager): Promise<Locked> {
    const rows: CounterRow[] = await manager.query(this.lockedRead);
    const position = positionOf(rows);
    if (position) return { position, end: endOf(rows[0]!) };
    await create(manager);
    const [created]: CounterRow[] = await manager.query(this.lockedRead);
    return { position: NOWHERE, end: created ? endOf(created) : NO_END };
  }

  /**
   * Moves the locked counter on. What is undefined stays: a row of the audit log alone is no change that replicas follow.
   * Only AuditLedger calls it.
   */
  async set(manager: EntityManager, position: Position | undefined, end: ChainEnd | undefined): Promise<void> {
    if (!position && !end) return;
    // Every change sends this: TypeORM's builder would write the text anew each time.
    const columns = {
      ...(position && { value: position.value, changed_at: position.changedAt }),
      ...(end && { audit_seq: end.seq, audit_hash: end.hash, audit_at: end.at, audit_key_id: end.keyId }),
    };
    const assignments = Object.keys(columns).map((name) => `${name} = ?`);
    const sql = `UPDATE revisions SET ${assignments.join(', ')} WHERE id = ${COUNTER_ID}`;
    await manager.query(withPlaceholders(sql, dialectOf(this.dataSource)), Object.values(columns));
  }
}

/** Where two replicas create the row at once, one of the transactions fails and may be run again. */
async function create(manager: EntityManager): Promise<void> {
  // The instant distinguishes this counter from an earlier one.
  await manager.insert(RevisionEntity, { id: COUNTER_ID, value: 0, changedAt: Date.now() });
}

function positionOf([row]: Pick<CounterRow, 'value' | 'changed_at'>[]): Position | undefined {
  return row && { value: Number(row.value), changedAt: Number(row.changed_at) };
}

const endOf = ({ audit_seq, audit_hash, audit_at, audit_key_id, now }: CounterRow): ChainEnd => ({
  seq: Number(audit_seq),
  hash: audit_hash,
  at: Number(audit_at),
  keyId: audit_key_id,
  now: now === undefined ? undefined : Number(now),
});
