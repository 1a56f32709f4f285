import { Entity, PrimaryColumn } from 'typeorm';
import { COUNT } from '../../../database/columns.js';

/** A segment that a sink has not acknowledged. */
@Entity('event_pending')
export class EventPendingEntity {
  @PrimaryColumn({ type: 'varchar', length: 64, primaryKeyConstraintName: 'pk_event_pending' })
  sink!: string;

  @PrimaryColumn({ ...COUNT, primaryKeyConstraintName: 'pk_event_pending' })
  segmentId!: number;
}
