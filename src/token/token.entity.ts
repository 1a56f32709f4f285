import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { COUNT, ID, INSTANT, optional } from '../database/columns.js';
import { ProjectEntity } from '../project/project.entity.js';

/** A withering token. Its secret is not stored: only the hash and the display form. */
@Entity('tokens')
@Index('ix_tokens_project_created', ['projectId', 'createdAt'])
@Index('ix_tokens_active_expires', ['isActive', 'expiresAt'])
@Index('ix_tokens_active_deactivated', ['isActive', 'deactivatedAt'])
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

  /** The name in lower case, for searches. */
  @Index('ix_tokens_name_lower')
  @Column(optional({ type: 'varchar', length: 120 }))
  nameLower!: string | null;

  /** As `labels` of an answer. The table `labels` is its index. */
  @Column(optional({ type: 'simple-json' }))
  labels!: Record<string, string> | null;

  /** Who is responsible for the token. */
  @Column(optional({ type: 'varchar', length: 120 }))
  owner!: string | null;

  @Column(optional({ type: 'varchar', length: 1000 }))
  note!: string | null;

  /** `hmac:<key id>:<hex>` or `sha256:<hex>` (crypto/token.hasher). */
  @Index('uq_tokens_secret_hash', { unique: true })
  @Column({ type: 'varchar', length: 96 })
  secretHash!: string;

  @Index('ix_tokens_secret_display')
  @Column({ type: 'varchar', length: 24 })
  secretDisplay!: string;

  @Column({ type: 'boolean' })
  isActive!: boolean;

  @Index('ix_tokens_expires_at')
  @Column(INSTANT)
  expiresAt!: number;

  /** Lifetime cap; null = unlimited. */
  @Column(optional(COUNT))
  maxRequests!: number | null;

  @Column({ ...COUNT, default: 0 })
  requestCount!: number;

  /** The grant of the ledger's last statement, so that one statement both takes and returns it. Unused on MySQL. */
  @Column({ ...COUNT, default: 0 })
  lastGrant!: number;

  /** Requests in any minute, on all replicas; null = no limit. */
  @Column(optional({ type: 'int' }))
  rateLimitPerMinute!: number | null;

  /** Requests and WebSockets at a time, on all replicas; null = no limit. */
  @Column(optional({ type: 'int' }))
  maxConcurrent!: number | null;

  /** The revision of its last change by an operator. A request that was judged by an older one is judged again. */
  @Column({ ...COUNT, default: 0 })
  revision!: number;

  @Column({ ...COUNT, default: 0 })
  cacheHitCount!: number;

  /** The scope: globs, path patterns and networks that the token is restricted to; null = not restricted. */
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

  /** The token that this one replaced, and the one that replaced it. */
  @Column(optional(ID))
  replaces!: string | null;

  @Column(optional(ID))
  replacedBy!: string | null;

  /**
   * The account: the token whose row counts the requests of this one, against its cap. null = its own row, which others may
   * count on too. A replaced token has that of its newest successor, never one that has an account itself.
   */
  @Index('ix_tokens_account_id')
  @Column(optional(ID))
  accountId!: string | null;

  /** When the next warning about the end of the token is due; 0 = not computed yet, the largest safe integer = never. */
  @Index('ix_tokens_warn_at')
  @Column({ ...INSTANT, default: 0 })
  warnAt!: number;

  /** The request count at which the next warning about the cap is due; 0 = not computed yet. */
  @Column({ ...COUNT, default: 0 })
  warnCount!: number;
}
