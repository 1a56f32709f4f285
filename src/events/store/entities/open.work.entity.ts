import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { RouteName } from '../../../openai/route.name.js';
import type { Work } from '../../../openai/usage/usage.record.js';
import { ID, INSTANT } from '../../../database/columns.js';

/** Work that a request made and whose figures come later. The final figures delete the row, so that they count once. */
@Entity('work_open')
@Index('ix_work_open_deadline', ['deadline'])
export class OpenWorkEntity {
  /** The id that OpenAI gave it. */
  @PrimaryColumn({ type: 'varchar', length: 200, primaryKeyConstraintName: 'pk_work_open' })
  workKey!: string;

  @Column({ type: 'varchar', length: 16 })
  kind!: Work['kind'];

  @Column(ID)
  projectId!: string;

  @Column(ID)
  tokenId!: string;

  @Column({ type: 'varchar', length: 32 })
  tier!: string;

  @Column({ type: 'varchar', length: 200 })
  model!: string;

  /** Of the exchange that made it. */
  @Column(ID)
  uuid!: string;

  @Column({ type: 'varchar', length: 200 })
  requestId!: string;

  @Column({ type: 'varchar', length: 32 })
  route!: RouteName;

  @Column(INSTANT)
  madeAt!: number;

  @Column(INSTANT)
  deadline!: number;
}
