import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ID } from '../../database/columns.js';

/** What one replica answers. */
@Entity('stream_answers')
export class AnswerEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_stream_answers' })
  questionId!: string;

  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_stream_answers' })
  replica!: string;

  /** JSON of a StreamAnswer. */
  @Column({ type: 'text' })
  body!: string;
}
