import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dialectOf } from '../database/dialect/dialect.js';
import { type AuditHead, NO_HEAD } from '../audit/row/audit.row.js';
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
  readonly head: AuditHead;
}

interface CounterRow {
  value: number | string;
  changed_at: number | string;
  audit_seq: number | string;
  audit_hash: string;
  audit_at: number | string;
}

const READ = `SELECT value, changed_at, audit_seq, audit_hash, audit_at FROM revisions WHERE id = ${COUNTER_ID}`;

/** The counter of changes. Its row is the lock under which changes commit one after the other. */
@Injectable()
export class RevisionCounter implements OnModuleInit {
  private readonly lockedRead: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly bootstrap: DatabaseBootstrap,
  ) {
    // A transaction of SQLite holds the write lock from its beginning.
    this.lockedRead = dialectOf(dataSource) === 'sqlite' ? READ : `${READ} FOR UPDATE`;
  }

  onModuleInit(): void {
    this.bootstrap.addCheck(async (manager) => {
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

  /** Locks the counter until the transaction ends. */
  async lock(manager: EntityManager): Promise<Locked> {
    const rows: CounterRow[] = await manager.query(this.lockedRead);
    const position = positionOf(rows);
    if (position) return { position, head: headOf(rows[0]!) };
    await create(manager);
    return { position: NOWHERE, head: NO_HEAD };
  }

  /** Moves the counter on. What is undefined stays: a row of the audit log alone is no change that replicas follow. */
  async set(manager: EntityManager, position: Position | undefined, head: AuditHead | undefined): Promise<void> {
    if (!position && !head) return;
    const ofHead = head && { auditSeq: head.seq, auditHash: head.hash, auditAt: head.at };
    await manager.update(RevisionEntity, { id: COUNTER_ID }, { ...position, ...ofHead });
  }
}

/** Where two replicas create the row at once, one of the transactions fails and may be run again. */
async function create(manager: EntityManager): Promise<void> {
  // The instant distinguishes this counter from an earlier one.
  await manager.insert(RevisionEntity, { id: COUNTER_ID, value: 0, changedAt: Date.now() });
}

function positionOf([row]: CounterRow[]): Position | undefined {
  return row && { value: Number(row.value), changedAt: Number(row.changed_at) };
}

const headOf = ({ audit_seq, audit_hash, audit_at }: CounterRow): AuditHead => ({
  seq: Number(audit_seq),
  hash: audit_hash,
  at: Number(audit_at),
});
