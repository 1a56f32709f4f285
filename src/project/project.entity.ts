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

  /** As `labels` of an answer. The table `labels` is its index. */
  @Column(optional({ type: 'simple-json' }))
  labels!: Record<string, string> | null;

  /** Who is responsible for the project. */
  @Column(optional({ type: 'varchar', length: 120 }))
  owner!: string | null;

  @Column(optional({ type: 'varchar', length: 1000 }))
  note!: string | null;

  /** What new tokens get, and what they may have at most, by the names of the fields of a token. */
  @Column(optional({ type: 'simple-json' }))
  tokenDefaults!: TokenBounds | null;

  @Column(optional({ type: 'simple-json' }))
  tokenMaxima!: TokenBounds | null;

  /** Requests in any minute, of all its tokens on all replicas; null = no limit. */
  @Column(optional({ type: 'int' }))
  rateLimitPerMinute!: number | null;

  /** Requests and WebSockets at a time, of all its tokens on all replicas; null = no limit. */
  @Column(optional({ type: 'int' }))
  maxConcurrent!: number | null;

  /** Requests in a day and in a month of UTC; null = no cap. */
  @Column(optional(COUNT))
  maxRequestsPerDay!: number | null;

  @Column(optional(COUNT))
  maxRequestsPerMonth!: number | null;

  /** The day of the counts, as days since the epoch. */
  @Column({ type: 'int', default: 0 })
  countDay!: number;

  @Column({ ...COUNT, default: 0 })
  dayCount!: number;

  @Column({ ...COUNT, default: 0 })
  monthCount!: number;

  /** The grant of the last statement that took requests, so that one statement both takes and returns it. */
  @Column({ ...COUNT, default: 0 })
  lastGrant!: number;
}

/** Values for tokens of a project, by the names of their fields. */
export interface TokenBounds {
  readonly duration_minutes?: number | null;
  readonly max_requests?: number | null;
  readonly rate_limit_per_minute?: number | null;
  readonly max_concurrent?: number | null;
  readonly allowed_models?: string[] | null;
  readonly allowed_endpoints?: string[] | null;
  readonly allowed_ips?: string[] | null;
}
