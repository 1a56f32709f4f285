import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, INSTANT } from '../database/columns.js';

/** The one row of the counter. */
export const COUNTER_ID = 1;

/** How many changes there have been: one row, locked by whoever makes the next, so that commits come in the order of revisions. */
@Entity('revisions')
export class RevisionEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'pk_revisions' })
  id!: number;

  @Column(COUNT)
  value!: number;

  /** Of the change that made it so; with `value` it tells a counter that was restored from a backup. */
  @Column(INSTANT)
  changedAt!: number;
}
