import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '../common/values/actor.js';
import { COUNT, ID, INSTANT, optional } from '../database/columns.js';

/** A named credential of the management API. Its secret is not stored: only the hash and the display form. */
@Entity('operators')
export class OperatorEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_operators' })
  id!: string;

  @Column({ type: 'varchar', length: 120 })
  name!: string;

  /** The name, or null once the operator is revoked: the name is unique among the others and free again afterwards. */
  @Index('uq_operators_name_key', { unique: true })
  @Column(optional({ type: 'varchar', length: 120 }))
  nameKey!: string | null;

  @Column({ type: 'varchar', length: 16 })
  role!: Role;

  /** The ids of the projects that the operator sees; null = all. */
  @Column(optional({ type: 'simple-json' }))
  projects!: string[] | null;

  /** As of tokens (crypto/token.hasher). */
  @Index('uq_operators_secret_hash', { unique: true })
  @Column({ type: 'varchar', length: 96 })
  secretHash!: string;

  @Column({ type: 'varchar', length: 24 })
  secretDisplay!: string;

  @Column({ type: 'boolean' })
  isActive!: boolean;

  /** Null = does not expire. */
  @Column(optional(INSTANT))
  expiresAt!: number | null;

  /** The revision of its last change. */
  @Column({ ...COUNT, default: 0 })
  revision!: number;

  @Column(INSTANT)
  createdAt!: number;

  /** The id of the operator that created it; null = the root credential. */
  @Column(optional(ID))
  createdBy!: string | null;

  @Column(optional(INSTANT))
  lastUsedAt!: number | null;

  @Column(optional(INSTANT))
  deactivatedAt!: number | null;
}
