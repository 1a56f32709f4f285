import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, INSTANT } from '../database/columns.js';

/** The id of the only row. */
export const COUNTER_ID = 1;

/** The number of changes so far: one row, which every change locks, so that changes commit in the order of their revisions. */
@Entity('revisions')
export class RevisionEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'pk_revisions' })
  id!: number;

  @Column(COUNT)
  value!: number;

  /** The number, hash and instant of the newest row of the audit log. 0 and empty: there is none, or the log has to be asked. */
  @Column({ ...COUNT, default: 0 })
  auditSeq!: number;

  @Column({ type: 'varchar', length: 64, default: '' })
  auditHash!: string;

  @Column({ ...INSTANT, default: 0 })
  auditAt!: number;

  /** Of the key that signed the newest row; empty when it is unsigned. A writer without a key adds no row behind it. */
  @Column({ type: 'varchar', length: 16, default: '' })
  auditKeyId!: string;

  /** Grows with each question of a replica to the others. */
  @Column({ ...COUNT, default: 0 })
  asked!: number;

  /** The instant of the last change. Together with `value` it reveals a counter that was restored from a backup. */
  @Column(INSTANT)
  changedAt!: number;
}
