import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { ID, INSTANT, optional } from '../../database/columns.js';

/** What ended a session before its time: its holder, another one, the next login, the end of its operator or of its management token. */
export type EndedBy = 'logout' | 'ended' | 'replaced' | 'operator' | 'token';

/** A session of the web interface. Its secret is not stored, only the hash. */
@Entity('admin_sessions')
export class SessionEntity {
  @PrimaryColumn({ ...ID, primaryKeyConstraintName: 'pk_admin_sessions' })
  id!: string;

  /** SHA-256 of the cookie's value, in hexadecimal. */
  @Index('uq_admin_sessions_secret_hash', { unique: true })
  @Column({ type: 'varchar', length: 64 })
  secretHash!: string;

  /** What only a holder of the management token can have written (session.mark). */
  @Column({ type: 'varchar', length: 64 })
  mark!: string;

  /** Null = the holder of the management token. */
  @Index('ix_admin_sessions_operator_id')
  @Column(optional(ID))
  operatorId!: string | null;

  /** What the person calls itself; nobody checks it. */
  @Column(optional({ type: 'varchar', length: 60 }))
  name!: string | null;

  /** The cookie outlives the browser. */
  @Column({ type: 'boolean' })
  remember!: boolean;

  @Column(INSTANT)
  createdAt!: number;

  /** To the minute. */
  @Column(INSTANT)
  lastSeenAt!: number;

  @Index('ix_admin_sessions_expires_at')
  @Column(INSTANT)
  expiresAt!: number;

  @Column({ type: 'varchar', length: 45 })
  clientIp!: string;

  @Column(optional({ type: 'varchar', length: 200 }))
  userAgent!: string | null;

  @Column(optional(INSTANT))
  endedAt!: number | null;

  @Column(optional({ type: 'varchar', length: 16 }))
  endedBy!: EndedBy | null;
}
