import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT } from '../database/columns.js';
import type { ReplicaRole } from './replica.role.js';

/** A running process. */
@Entity('replicas')
export class ReplicaEntity {
  /** Of the process: a process that starts again is another replica. */
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_replicas' })
  id!: string;

  /** For people: host and process id. */
  @Column({ type: 'varchar', length: 120 })
  name!: string;

  /** By the clock of the database, as `seenAt`: the clocks of replicas may differ. */
  @Column(INSTANT)
  startedAt!: number;

  @Column(INSTANT)
  seenAt!: number;

  /** Every change up to this revision is in force there. */
  @Column(COUNT)
  revision!: number;

  /** The last batch of request counts that was written: a batch with an unknown outcome is not counted twice. */
  @Column({ ...COUNT, default: 0 })
  countBatch!: number;

  @Column({ type: 'varchar', length: 16, default: 'server' })
  role!: ReplicaRole;
}
