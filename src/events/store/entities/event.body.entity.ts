import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT, optional } from '../../../database/columns.js';

/** Captured bodies of one exchange. They live shorter than its event, and a project has a limited space for them. */
@Entity('event_bodies')
@Index('ix_event_bodies_segment_id', ['segmentId'])
@Index('ix_event_bodies_created_at', ['createdAt'])
@Index('ix_event_bodies_project_id', ['projectId', 'createdAt'])
export class EventBodyEntity {
  /** Of the exchange. */
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_event_bodies' })
  uuid!: string;

  /** The segment of its event. */
  @Column(COUNT)
  segmentId!: number;

  /** Empty for an exchange without a project. */
  @Column(ID)
  projectId!: string;

  /** By the clock of the database. */
  @Column(INSTANT)
  createdAt!: number;

  /** Of both texts. */
  @Column(COUNT)
  bytes!: number;

  /** JSON. On MySQL `longtext`. */
  @Column(optional({ type: 'text' }))
  request!: string | null;

  /** JSON. On MySQL `longtext`. */
  @Column(optional({ type: 'text' }))
  response!: string | null;
}
