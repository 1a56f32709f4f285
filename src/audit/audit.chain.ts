import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager, TypeORMError } from 'typeorm';
import type { Action } from '../common/audit/audit.action.js';
import { errors } from '../common/errors/errors.js';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
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
import { type AuditHead, type AuditRow, FIRST_PREV_HASH, NO_HEAD, rowOf } from './row/audit.row.js';

const ANNOUNCED = `SELECT seq FROM audit_events WHERE action = 'audit.key' AND key_id = ? LIMIT 1`;
const EARLIER_KEY = `SELECT key_id FROM audit_events WHERE action = 'audit.key' ORDER BY seq DESC LIMIT 1`;
const NEWEST = 'SELECT seq, hash, at, key_id FROM audit_events ORDER BY seq DESC LIMIT 1';

/** Rows that are this much before the newest one, by the clock of the database, say so. Waits for the lock are shorter. */
const BEHIND_MS = 60_000;

/** The end of the chain, as the counter has it. */
export interface ChainEnd extends AuditHead {
  /** Of the key that signed the newest row; empty when it is unsigned. */
  readonly keyId: string;
  /** The time by the clock of the database, in milliseconds; undefined where the process has the same clock. */
  readonly now?: number | undefined;
}

/** The end of a chain without rows. */
export const NO_END: ChainEnd = { ...NO_HEAD, keyId: '' };

/** How rows are added. */
export interface Manner {
  /** Also while the log is off: for the row that says so. */
  readonly isForced?: boolean;
  /** Compare the counter with the newest row first. It is compared in any case where the counter knows of no row. */
  readonly compare?: boolean;
}

/** The writer of the audit log: each row has the hash of the one before it. */
@Injectable()
export class AuditChain {
  /** False: no rows are written. */
  readonly isOn: boolean;
  readonly signingKey: SigningKey | undefined;
  private readonly redact: Redaction;
  private readonly listeners: (() => void)[] = [];
  private readonly logger = new Logger(AuditChain.name);
  private isAnnounced = false;
  private isBehind = false;

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
   * Adds rows behind `end`, within the transaction that holds the lock of the change counter, and returns the new end. Where
   * `end` is not that of the table, the row `audit.repair` is the first. Throws `audit_unavailable`, whose cause is a
   * StartupError where the key is missing; the error of the database when another try may succeed or the connection is lost.
   * Only AuditLedger calls it.
   */
  async append(
    manager: EntityManager,
    end: ChainEnd,
    drafts: readonly AuditDraft[],
    { isForced = false, compare = false }: Manner = {},
  ): Promise<ChainEnd> {
    if (!this.isOn && !isForced) return end;
    try {
      const isCompared = compare || (end.seq === 0 && drafts.length > 0);
      return await this.add(manager, end, isCompared ? await this.newest(manager, end) : end, drafts);
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

  /** Adds rows behind `newest`. `counted` is what the counter has. */
  private async add(
    manager: EntityManager,
    counted: ChainEnd,
    newest: ChainEnd,
    drafts: readonly AuditDraft[],
  ): Promise<ChainEnd> {
    const repair = isSame(counted, newest) ? undefined : this.repair(counted, newest);
    const all = repair ? [repair, ...drafts] : drafts;
    if (all.length === 0) return counted;
    // The rows of another table may not have the key.
    if (repair) this.isAnnounced = false;
    let end = repair && newest.seq < counted.seq ? counted : newest;
    this.assertKey(end);
    end = await this.announced(manager, end);
    for (const draft of all) end = await this.write(manager, end, draft);
    return end;
  }

  /** A row without a signature behind one with a signature would be a fault of the log for ever. */
  private assertKey({ keyId }: ChainEnd): void {
    if (this.signingKey || keyId === '') return;
    throw new StartupError(EXIT.config, [
      `AUDIT_SIGNING_KEY is not set, but the newest row of the audit log is signed with the key ${keyId}: give that key, or another one in its place, to all servers and commands`,
    ]);
  }

  /** Before its first signature a key has an `audit.key` row, so that nobody can sign with a key that the log does not name. */
  private async announced(manager: EntityManager, end: ChainEnd): Promise<ChainEnd> {
    const { signingKey } = this;
    if (!signingKey || this.isAnnounced) return end;
    const [known]: { seq: number | string }[] = await manager.query(
      withPlaceholders(ANNOUNCED, dialectOf(manager.dataSource)),
      [signingKey.id],
    );
    // A row of this transaction may still be taken back.
    this.isAnnounced = known !== undefined && Number(known.seq) < end.seq;
    if (known) return end;
    const [earlier]: { key_id: string | null }[] = await manager.query(EARLIER_KEY);
    return this.write(manager, end, keyDraft(signingKey, earlier?.key_id ?? undefined));
  }

  private async write(manager: EntityManager, end: ChainEnd, draft: AuditDraft): Promise<ChainEnd> {
    const seq = end.seq + 1;
    const now = end.now ?? this.clock.now();
    // Times never fall along the chain: a range of times is a range of rows.
    const at = Math.max(now, end.at);
    const row = this.signed(rowOf(this.withDelay(draft, at - now), seq, at, end.hash || FIRST_PREV_HASH, this.redact));
    await insertRow(manager, row);
    return { ...end, seq, hash: row.hash, at, keyId: row.key_id ?? '' };
  }

  /** Another clock was ahead once: rows have the time of its row until then, and say by how much that is too late. */
  private withDelay(draft: AuditDraft, behindMs: number): AuditDraft {
    const isLogged = this.isBehind;
    this.isBehind = behindMs >= BEHIND_MS;
    if (!this.isBehind) return draft;
    if (!isLogged)
      this.logger.error({
        msg: 'the newest row of the audit log is later than the clock: new rows have its time',
        clock_behind_ms: behindMs,
      });
    return { ...draft, metadata: { ...draft.metadata, clock_behind_ms: behindMs } };
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

  /** The end by the rows themselves. */
  private async newest(manager: EntityManager, { now }: ChainEnd): Promise<ChainEnd> {
    const [row]: { seq: number | string; hash: string; at: number | string; key_id: string | null }[] =
      await manager.query(NEWEST);
    if (!row) return { ...NO_END, now };
    return { seq: Number(row.seq), hash: row.hash, at: Number(row.at), keyId: row.key_id ?? '', now };
  }

  /**
   * One of the tables was restored without the other, or altered. Behind a counter that is ahead the chain goes on with a
   * hole: the hole is the evidence.
   */
  private repair(counted: ChainEnd, newest: ChainEnd): AuditDraft {
    const facts = { counter: shown(counted), newest_row: shown(newest) };
    const is = newest.seq < counted.seq ? 'ahead of' : 'behind';
    this.logger.error({ msg: `the counter of the audit log was ${is} its newest row`, ...facts });
    return systemDraft('audit.repair', facts);
  }
}

const shown = ({ seq, hash }: AuditHead): { seq: number; hash: string } => ({ seq, hash });
const isSame = (a: AuditHead, b: AuditHead): boolean => a.seq === b.seq && a.hash === b.hash;

const systemDraft = (action: Action, metadata: NonNullable<AuditDraft['metadata']>): AuditDraft => ({
  action,
  actor: SYSTEM,
  call: undefined,
  outcome: 'success',
  metadata,
});

function keyDraft({ publicKey }: SigningKey, from: string | undefined): AuditDraft {
  return systemDraft('audit.key', { public_key: pemOf(publicKey), ...(from !== undefined && { from }) });
}

const isPassing = (error: unknown): boolean =>
  error instanceof TypeORMError && (isConflict(error) || isBusy(error) || !isRefusedStatement(error));
