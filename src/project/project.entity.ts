import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT, optional } from '../database/columns.js';

/** A tenant: a name, one upstream key, an active flag. */
@Entity('projects')
export class ProjectEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_projects' })
  id!: string;

  @Column({ type: 'varchar', length: 120 })
  name!: string;

  /** The name, or null once the project is deleted: the name is unique among existing projects and free again afterwards. */
  @Index('uq_projects_name_key', { unique: true })
  @Column(optional({ type: 'varchar', length: 120 }))
  nameKey!: string | null;

  /** Encrypted when ENCRYPTION_KEY is set; null once the project is deleted. */
  @Column(optional({ type: 'text' }))
  apiKey!: string | null;

  /** The display form of the upstream key. */
  @Column({ type: 'varchar', length: 40 })
  apiKeyDisplay!: string;

  @Column(optional({ type: 'varchar', length: 2000 }))
  baseUrl!: string | null;

  /** The name of a provider; null = the standard one. */
  @Column(optional({ type: 'varchar', length: 64 }))
  provider!: string | null;

  @Column({ type: 'boolean' })
  isActive!: boolean;

  /** The revision of its last change. */
  @Column({ ...COUNT, default: 0 })
  revision!: number;

  @Column(INSTANT)
  createdAt!: number;

  @Column(INSTANT)
  updatedAt!: number;

  @Column(optional(INSTANT))
  deactivatedAt!: number | null;

  @Column(optional(INSTANT))
  deletedAt!: number | null;
}
