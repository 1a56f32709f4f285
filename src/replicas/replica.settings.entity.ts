import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ID } from '../database/columns.js';

/** How a process is configured. A table of its own: a heartbeat writes the whole row of a replica. */
@Entity('replica_settings')
export class ReplicaSettingsEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_replica_settings' })
  replicaId!: string;

  @Column({ type: 'varchar', length: 32 })
  version!: string;

  /** JSON: the mark of each variable by its name. */
  @Column({ type: 'text' })
  settings!: string;
}
