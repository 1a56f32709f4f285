import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { COUNT, ID, INSTANT, optional } from '../database/columns.js';
import { ProjectEntity } from '../project/project.entity.js';

/** A withering token. Its secret is not here: only its hash, in a column of its own, and its display form. */
@Entity('tokens')
export class TokenEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_tokens' })
  id!: string;

  @Index('ix_tokens_project_id')
  @Column(ID)
  projectId!: string;

  @ManyToOne(() => ProjectEntity, { onDelete: 'RESTRICT', onUpdate: 'NO ACTION' })
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'fk_tokens_project_id' })
  project?: Relation<ProjectEntity>;

  @Column(optional({ type: 'varchar', length: 120 }))
  name!: string | null;

  /** `hmac:<key id>:<hex>` or `sha256:<hex>` (crypto/token.hasher). */
  @Index('uq_tokens_secret_hash', { unique: true })
  @Column({ type: 'varchar', length: 96 })
  secretHash!: string;

  @Column({ type: 'varchar', length: 24 })
  secretDisplay!: string;

  @Column({ type: 'boolean' })
  isActive!: boolean;

  @Column(INSTANT)
  expiresAt!: number;

  /** Lifetime cap; null = unlimited. */
  @Column(optional(COUNT))
  maxRequests!: number | null;

  @Column({ ...COUNT, default: 0 })
  requestCount!: number;

  /** What the ledger's last statement granted, so that one statement both takes and says how much. MySQL needs it not. */
  @Column({ ...COUNT, default: 0 })
  lastGrant!: number;

  /** Requests in any minute, on all replicas; null = no limit. */
  @Column(optional({ type: 'int' }))
  rateLimitPerMinute!: number | null;

  /** Requests and sockets at a time, on all replicas; null = no limit. */
  @Column(optional({ type: 'int' }))
  maxConcurrent!: number | null;

  /** Of its last change by an operator: what a replica judged by an older one is judged again. */
  @Column({ ...COUNT, default: 0 })
  revision!: number;

  @Column({ ...COUNT, default: 0 })
  cacheHitCount!: number;

  /** Globs, path patterns and networks that the token is bound to; null = not bound. */
  @Column(optional({ type: 'simple-json' }))
  allowedModels!: string[] | null;

  @Column(optional({ type: 'simple-json' }))
  allowedEndpoints!: string[] | null;

  @Column(optional({ type: 'simple-json' }))
  allowedIps!: string[] | null;

  @Index('ix_tokens_created_at')
  @Column(INSTANT)
  createdAt!: number;

  @Column(optional(INSTANT))
  lastUsedAt!: number | null;

  @Column(optional(INSTANT))
  deactivatedAt!: number | null;
}
