import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { COUNT, ID, INSTANT, optional } from '../../../database/columns.js';

/** Up to 128 events of a replica: one row, because a row an event costs four times as much. It never changes. */
@Entity('event_segments')
@Index('uq_event_segments_number', ['replica', 'epoch', 'number'], { unique: true })
@Index('ix_event_segments_created_at', ['createdAt'])
export class EventSegmentEntity {
  /** In the order of insertion. Transactions may commit in another order. */
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_event_segments' })
  id!: number;

  @Column(ID)
  replica!: string;

  /** 0 for events that are delivered once more and are not new. */
  @Column(COUNT)
  epoch!: number;

  /** Counts the segments of a replica and epoch from 1. */
  @Column(COUNT)
  number!: number;

  /** `seq` of the first event. */
  @Column(COUNT)
  firstSeq!: number;

  /** Lines: events and notices. */
  @Column({ type: 'int' })
  events!: number;

  /** Bytes of the body. */
  @Column(COUNT)
  bytes!: number;

  /** By the clock of the database. */
  @Column(INSTANT)
  createdAt!: number;

  /** The earliest and the latest start of the exchanges. */
  @Column(INSTANT)
  minAt!: number;

  @Column(INSTANT)
  maxAt!: number;

  /** Of `idsOf`; null in segments of an older program. Before the body, which SQLite would read otherwise. */
  @Column(optional({ type: 'text' }))
  ids!: string | null;

  /** JSON lines. On MySQL `longtext`. */
  @Column({ type: 'text' })
  body!: string;

  /** Exchanges that ran when the segment was written, as a JSON array. A crash event is made of each that has no end. On MySQL `longtext`. */
  @Column(optional({ type: 'text' }))
  opened!: string | null;
}
