import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT } from '../database/columns.js';

export type Subject = 'token' | 'project' | 'operator' | 'all';

/** A token, project or operator that a revision changed. The newest thousand revisions are kept, and up to a hundred more. */
@Entity('changes')
export class ChangeEntity {
  @PrimaryColumn({ ...COUNT, primaryKeyConstraintName: 'pk_changes' })
  revision!: number;

  /** Empty when the subject is `all`. */
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_changes' })
  subjectId!: string;

  @Column({ type: 'varchar', length: 16 })
  subject!: Subject;

  /** The same in all rows of a revision. */
  @Column(INSTANT)
  changedAt!: number;
}
