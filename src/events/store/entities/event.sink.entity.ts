import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ID, INSTANT, optional } from '../../../database/columns.js';

/** A registered sink: events are kept until it has acknowledged them. */
@Entity('event_sinks')
export class EventSinkEntity {
  @PrimaryColumn({ type: 'varchar', length: 64, primaryKeyConstraintName: 'pk_event_sinks' })
  sink!: string;

  @Column(INSTANT)
  registeredAt!: number;

  /** The process that delivers to the sink. */
  @Column(optional(ID))
  holder!: string | null;

  /** The end of its lease, by the clock of the database. */
  @Column(optional(INSTANT))
  heldUntil!: number | null;
}
