import { Column, Entity, PrimaryColumn } from 'typeorm';
import { INSTANT } from '../../../database/columns.js';

/** A notice that was sent: another replica that sees the same occasion sends none. */
@Entity('event_notices')
export class EventNoticeEntity {
  @PrimaryColumn({ type: 'varchar', length: 200, primaryKeyConstraintName: 'pk_event_notices' })
  id!: string;

  @Column(INSTANT)
  sentAt!: number;
}
