import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { ID, INSTANT, optional } from '../../database/columns.js';
import { TEXT_COLUMNS, type TextColumn } from './audit.columns.js';

const text = (column: TextColumn) => ({ type: 'varchar', length: TEXT_COLUMNS[column] }) as const;

/**
 * A row of the audit log. Rows are only added, and only whole beginnings are removed. No foreign keys: a row outlives its
 * subjects. The second column of each index gives the order of a page. Partial indexes leave out rows without a value, or with
 * that of `USUAL`.
 */
@Entity('audit_events')
@Index('ix_audit_events_at', ['at', 'seq'])
@Index('ix_audit_events_action', ['action', 'seq'])
@Index('ix_audit_events_actor', ['actor', 'seq'], { where: "actor <> 'management_api'" })
@Index('ix_audit_events_actor_id', ['actorId', 'seq'], { where: 'actor_id IS NOT NULL' })
@Index('ix_audit_events_client_ip', ['clientIp', 'seq'])
@Index('ix_audit_events_correlation_id', ['correlationId', 'seq'], { where: 'correlation_id IS NOT NULL' })
@Index('ix_audit_events_outcome', ['outcome', 'seq'], { where: "outcome <> 'success'" })
@Index('ix_audit_events_path', ['path', 'seq'])
@Index('ix_audit_events_project_id', ['projectId', 'seq'], { where: 'project_id IS NOT NULL' })
@Index('ix_audit_events_request_id', ['requestId', 'seq'])
@Index('ix_audit_events_subject_id', ['subjectId', 'seq'], { where: 'subject_id IS NOT NULL' })
@Index('ix_audit_events_token_id', ['tokenId', 'seq'], { where: 'token_id IS NOT NULL' })
export class AuditEventEntity {
  /** The place in the chain: 1, 2, 3 … without gaps. */
  @PrimaryColumn({ ...INSTANT, primaryKeyConstraintName: 'pk_audit_events' })
  seq!: number;

  @Index('uq_audit_events_id', { unique: true })
  @Column(ID)
  id!: string;

  /** Never falls from one row to the next. */
  @Column(INSTANT)
  at!: number;

  @Column(text('action'))
  action!: string;

  @Column(text('actor'))
  actor!: string;

  @Column(optional(ID))
  actorId!: string | null;

  @Column(optional(text('actor_name')))
  actorName!: string | null;

  @Column(optional(ID))
  sessionId!: string | null;

  @Column(text('origin'))
  origin!: string;

  @Column(text('outcome'))
  outcome!: string;

  /** The code of a refusal. */
  @Column(optional(text('reason')))
  reason!: string | null;

  @Column(optional(ID))
  projectId!: string | null;

  @Column(optional(ID))
  tokenId!: string | null;

  /** Of an operator, a sink or another subject. */
  @Column(optional(ID))
  subjectId!: string | null;

  @Column(optional(text('request_id')))
  requestId!: string | null;

  @Column(optional(text('correlation_id')))
  correlationId!: string | null;

  @Column(optional(text('client_ip')))
  clientIp!: string | null;

  @Column(optional(text('user_agent')))
  userAgent!: string | null;

  @Column(optional(text('method')))
  method!: string | null;

  @Column(optional(text('path')))
  path!: string | null;

  /** Canonical JSON, as `metadata`. */
  @Column(optional({ type: 'text' }))
  changes!: string | null;

  @Column(optional({ type: 'text' }))
  metadata!: string | null;

  @Column(text('prev_hash'))
  prevHash!: string;

  @Column(text('hash'))
  hash!: string;

  @Column(optional(text('signature')))
  signature!: string | null;

  @Column(optional(text('key_id')))
  keyId!: string | null;
}
