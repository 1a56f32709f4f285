import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { ID, INSTANT } from '../../database/columns.js';

export type QuestionKind = 'list' | 'count' | 'end';

/** What one replica asks all others. */
@Entity('stream_questions')
export class QuestionEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_stream_questions' })
  id!: string;

  /** The id of the one that asks. */
  @Column(ID)
  replica!: string;

  @Column({ type: 'varchar', length: 8 })
  kind!: QuestionKind;

  /** JSON of a StreamFilter. */
  @Column({ type: 'text' })
  filter!: string;

  /** By the clock of the database. */
  @Index('ix_stream_questions_asked_at')
  @Column(INSTANT)
  askedAt!: number;
}
