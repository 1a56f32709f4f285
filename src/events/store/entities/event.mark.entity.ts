import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT } from '../../../database/columns.js';

/** How far the segments of a replica are summed, and where recovery after a crash begins. The row '' is a lock. */
@Entity('event_marks')
export class EventMarkEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_event_marks' })
  replica!: string;

  @Column(COUNT)
  epoch!: number;

  /** Counts the writes of sums: a write with an unknown outcome is not done twice. -1 after a recovery by another process. */
  @Column(COUNT)
  batch!: number;

  /** The sums include the segments of the replica up to this one. */
  @Column(COUNT)
  rolledSegment!: number;

  /** No exchange of an earlier segment is open. */
  @Column(COUNT)
  openSegment!: number;

  /** By the clock of the database. */
  @Column(INSTANT)
  markedAt!: number;
}
