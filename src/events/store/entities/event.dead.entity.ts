import { Column, Entity, PrimaryColumn } from 'typeorm';
import { INSTANT } from '../../../database/columns.js';

/** An event that a sink refuses for good. */
@Entity('event_dead')
export class EventDeadEntity {
  @PrimaryColumn({ type: 'varchar', length: 64, primaryKeyConstraintName: 'pk_event_dead' })
  sink!: string;

  @PrimaryColumn({ type: 'varchar', length: 200, primaryKeyConstraintName: 'pk_event_dead' })
  eventId!: string;

  @Column({ type: 'varchar', length: 500 })
  reason!: string;

  @Column({ type: 'int' })
  tries!: number;

  @Column(INSTANT)
  firstAt!: number;

  @Column(INSTANT)
  lastAt!: number;

  /** The event as JSON. On MySQL `longtext`. */
  @Column({ type: 'text' })
  line!: string;
}
