import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dialectOf } from '../database/dialect/dialect.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { isUniqueViolation } from '../database/dialect/database.error.js';
import { COUNTER_ID, RevisionEntity } from './revision.entity.js';

/** Where the counter stands. Two of the same value and different instants are not the same: one was restored from a backup. */
export interface Position {
  readonly value: number;
  readonly changedAt: number;
}

/** Of a counter that is not there: like no other. */
export const NOWHERE: Position = { value: 0, changedAt: -1 };

const READ = `SELECT value, changed_at FROM revisions WHERE id = ${COUNTER_ID}`;

/** The counter of changes. */
@Injectable()
export class RevisionCounter implements OnModuleInit {
  private readonly lockedRead: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: DatabaseBootstrap,
  ) {
    // A transaction of SQLite has the write lock from its beginning on.
    this.lockedRead = dialectOf(dataSource) === 'sqlite' ? READ : `${READ} FOR UPDATE`;
  }

  onModuleInit(): void {
    this.store.addCheck(async (manager) => {
      if (positionOf(await manager.query(READ))) return;
      await create(manager).catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
      });
    });
  }

  /** One that is missing, its table made anew under us, begins again: another history than anybody knows. */
  async read(): Promise<Position> {
    return positionOf(await this.dataSource.query(READ)) ?? NOWHERE;
  }

  /** Everybody else who wants to change something waits from now on until the transaction ends. */
  async lock(manager: EntityManager): Promise<Position> {
    const position = positionOf(await manager.query(this.lockedRead));
    if (position) return position;
    await create(manager);
    return NOWHERE;
  }

  async set(manager: EntityManager, position: Position): Promise<void> {
    await manager.update(RevisionEntity, { id: COUNTER_ID }, position);
  }
}

/** Another replica may do the same at this moment: one of the two transactions is refused then, and may be tried again. */
async function create(manager: EntityManager): Promise<void> {
  // Its instant tells it from one that stood here before.
  await manager.insert(RevisionEntity, { id: COUNTER_ID, value: 0, changedAt: Date.now() });
}

function positionOf([row]: { value: number | string; changed_at: number | string }[]): Position | undefined {
  return row && { value: Number(row.value), changedAt: Number(row.changed_at) };
}
