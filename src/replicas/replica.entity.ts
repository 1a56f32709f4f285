import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT } from '../database/columns.js';

/** A running server process. */
@Entity('replicas')
export class ReplicaEntity {
  /** Of the process: who starts again is another. */
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_replicas' })
  id!: string;

  /** For people: host and process id. */
  @Column({ type: 'varchar', length: 120 })
  name!: string;

  /** By the clock of the database, as `seenAt`: replicas need not agree on the time. */
  @Column(INSTANT)
  startedAt!: number;

  @Column(INSTANT)
  seenAt!: number;

  /** Everything up to this one is in force there. */
  @Column(COUNT)
  revision!: number;

  /** The last batch of usage counts that is written: one whose outcome is unknown is not counted twice. */
  @Column({ ...COUNT, default: 0 })
  usageBatch!: number;
}
