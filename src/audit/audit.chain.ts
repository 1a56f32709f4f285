import { Injectable } from '@nestjs/common';
import { type EntityManager, TypeORMError } from 'typeorm';
import { errors } from '../common/errors/errors.js';
import { SYSTEM } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { ed25519Key } from '../config/values/signing.key.js';
import { AppConfig } from '../config/app.config.js';
import { dialectOf, withPlaceholders } from '../database/dialect/dialect.js';
import { isBusy, isConflict, isRefusedStatement } from '../database/dialect/driver.code.js';
import { pemOf, SigningKey } from './chain/signing.key.js';
import type { AuditDraft } from './row/audit.draft.js';
import { insertRow } from './row/audit.insert.js';
import { type Redaction, redactionOf } from './row/audit.redaction.js';
import { type AuditHead, type AuditRow, FIRST_PREV_HASH, rowOf } from './row/audit.row.js';

/** The public key that signs the rows after it. */
const ANNOUNCED = `SELECT seq FROM audit_events WHERE action = 'audit.key' AND key_id = ? LIMIT 1`;
const EARLIER_KEY = `SELECT key_id FROM audit_events WHERE action = 'audit.key' ORDER BY seq DESC LIMIT 1`;
const NEWEST = 'SELECT seq, hash, at FROM audit_events ORDER BY seq DESC LIMIT 1';

/** The writer of the audit log: each row has the hash of the one before it. */
@Injectable()
export class AuditChain {
  /** False: no rows are written. */
  readonly isOn: boolean;
  readonly signingKey: SigningKey | undefined;
  private readonly redact: Redaction;
  private readonly listeners: (() => void)[] = [];
  private isAnnounced = false;

  constructor(
    { audit }: AppConfig,
    private readonly clock: Clock,
  ) {
    this.isOn = audit.enabled;
    this.redact = redactionOf(audit.hidden);
    const key = audit.signingKey === undefined ? undefined : ed25519Key(audit.signingKey);
    this.signingKey = key && new SigningKey(key);
  }

  /**
   * Adds rows behind `head`, within the transaction that holds the lock of the change counter, and returns the new head.
   * Throws `audit_unavailable`; the error of the database when another try may succeed or the connection is lost.
   */
  async append(manager: EntityManager, head: AuditHead, drafts: readonly AuditDraft[]): Promise<AuditHead> {
    return this.isOn ? this.appendAlways(manager, head, drafts) : head;
  }

  /** As `append`, also while the log is off: for the row that says so. */
  async appendAlways(manager: EntityManager, head: AuditHead, drafts: readonly AuditDraft[]): Promise<AuditHead> {
    if (drafts.length === 0) return head;
    try {
      let newest = await this.announced(manager, head.seq === 0 ? await this.newest(manager, head) : head);
      for (const draft of drafts) newest = await this.add(manager, newest, draft);
      return newest;
    } catch (error) {
      throw isPassing(error) ? error : errors.auditUnavailable(error);
    }
  }

  /** Calls back when rows of this process are committed. Rows of other processes are found in the table. */
  onCommitted(listener: () => void): void {
    this.listeners.push(listener);
  }

  committed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Before its first signature a key has an `audit.key` row, so that nobody can sign with a key that the log does not name. */
  async announced(manager: EntityManager, head: AuditHead): Promise<AuditHead> {
    const { signingKey } = this;
    if (!this.isOn || !signingKey || this.isAnnounced) return head;
    const [known]: { seq: number | string }[] = await manager.query(
      withPlaceholders(ANNOUNCED, dialectOf(manager.dataSource)),
      [signingKey.id],
    );
    // A row of this transaction may still be taken back.
    this.isAnnounced = known !== undefined && Number(known.seq) < head.seq;
    if (known) return head;
    const [earlier]: { key_id: string | null }[] = await manager.query(EARLIER_KEY);
    return this.add(manager, head, keyDraft(signingKey, earlier?.key_id ?? undefined));
  }

  private async add(manager: EntityManager, head: AuditHead, draft: AuditDraft): Promise<AuditHead> {
    const seq = head.seq + 1;
    // Times never fall along the chain: a range of times is a range of rows.
    const at = Math.max(this.clock.now(), head.at);
    const row = this.signed(rowOf(draft, seq, at, head.hash || FIRST_PREV_HASH, this.redact));
    await insertRow(manager, row);
    return { seq, hash: row.hash, at };
  }

  private signed(row: AuditRow): AuditRow {
    const { signingKey } = this;
    return signingKey
      ? {
          ...row,
          signature: signingKey.sign(row.seq, row.hash),
          key_id: signingKey.id,
        }
      : row;
  }

  /** The counter of a table that was created anew knows of no row: the head by the rows themselves. */
  async newest(manager: EntityManager, empty: AuditHead): Promise<AuditHead> {
    const [row]: { seq: number | string; hash: string; at: number | string }[] = await manager.query(NEWEST);
    return row ? { seq: Number(row.seq), hash: row.hash, at: Number(row.at) } : empty;
  }
}

function keyDraft({ publicKey }: SigningKey, from: string | undefined): AuditDraft {
  const metadata = { public_key: pemOf(publicKey), ...(from !== undefined && { from }) };
  return {
    action: 'audit.key',
    actor: SYSTEM,
    call: undefined,
    outcome: 'success',
    metadata,
  };
}

const isPassing = (error: unknown): boolean =>
  error instanceof TypeORMError && (isConflict(error) || isBusy(error) || !isRefusedStatement(error));
