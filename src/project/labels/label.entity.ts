import { Entity, Index, PrimaryColumn } from 'typeorm';
import { ID } from '../../database/columns.js';

/** A label of a token or project, so that lists find it. The row of the subject has its labels too. */
@Entity('labels')
export class LabelEntity {
  /** `key=value` */
  @PrimaryColumn({ type: 'varchar', length: 130, primaryKeyConstraintName: 'pk_labels' })
  label!: string;

  @PrimaryColumn({ type: 'varchar', length: 16, primaryKeyConstraintName: 'pk_labels' })
  subject!: 'token' | 'project';

  @Index('ix_labels_subject_id')
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_labels' })
  subjectId!: string;
}
