import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditChain } from '../../audit/audit.chain.js';
import type { AuditDraft } from '../../audit/row/audit.draft.js';
import type { Action } from '../../common/audit/audit.action.js';
import { SYSTEM } from '../../common/values/actor.js';
import { VERSION } from '../../common/values/package.js';
import { withTimeout } from '../../common/values/with.timeout.js';
import { AppConfig } from '../../config/app.config.js';
import { DatabaseBootstrap } from '../../database/database.bootstrap.js';
import { dialectOf } from '../../database/dialect/dialect.js';
import { ReplicaIdentity } from '../../replicas/replica.identity.js';
import { AuditLedger, auditRefusal } from '../audit.ledger.js';
import { AuditTrail } from '../audit.trail.js';
import { configChanges } from './config.changes.js';
import { EarlierStarts } from './earlier.starts.js';
import { schemaSteps } from './migration.rows.js';

const STOP_LIMIT_MS = 1000;
const LAST_SWITCH =
  "SELECT action FROM audit_events WHERE action IN ('audit.enable', 'audit.disable') ORDER BY seq DESC LIMIT 1";

/** Rows of what the process itself does: its start, its stop, and what is configured differently since the start before. */
@Injectable()
export class SystemAudit implements OnModuleInit {
  private readonly logger = new Logger(SystemAudit.name);
  private hasStarted = false;
  private reason = 'closed';

  constructor(
    private readonly bootstrap: DatabaseBootstrap,
    private readonly ledger: AuditLedger,
    private readonly chain: AuditChain,
    private readonly trail: AuditTrail,
    private readonly self: ReplicaIdentity,
    private readonly config: AppConfig,
  ) {}

  /** A start that leaves no row is refused, like one whose migrations fail. */
  onModuleInit(): void {
    this.bootstrap.addFinalStep(async (manager) => this.started(manager));
  }

  /** Why the process is about to stop: the name of a signal, or an error. */
  stopsFor(reason: string | Error): void {
    this.reason = reason instanceof Error ? `error: ${reason.message}` : reason;
  }

  /** Never throws, and takes at most a second. */
  async stopped(): Promise<void> {
    if (!this.hasStarted || !this.trail.isOn) return;
    const uptime = Math.floor(process.uptime());
    const row = draft('server.stop', { replica: this.replica, reason: this.reason, uptime_seconds: uptime });
    await withTimeout(STOP_LIMIT_MS, this.trail.write(row)).catch((error: unknown) =>
      this.logger.warn({ msg: 'the stop is not in the audit log', err: error }),
    );
  }

  private get replica(): { id: string; name: string; role: string } {
    const { id, name, role } = this.self;
    return { id, name, role };
  }

  /** The counter and the rows are compared first: a restore of one of the tables is named, and no reason for a refusal. */
  private async started(manager: EntityManager): Promise<void> {
    if (this.hasStarted) return;
    await this.ledger
      .run(manager, async () => manager.transaction(async (transaction) => this.start(transaction)))
      .catch((error: unknown) => {
        throw auditRefusal(error) ?? error;
      });
    this.hasStarted = true;
    this.chain.committed();
  }

  private async start(manager: EntityManager): Promise<void> {
    const { isOn } = this.chain;
    await this.ledger.locked(manager, async () => {
      const drafts = isOn ? await this.drafts(manager) : await this.lastDraft(manager);
      // A log that was off before stays as it is.
      return { result: undefined, drafts, manner: { isForced: true, compare: isOn || drafts.length > 0 } };
    });
  }

  /** None when an earlier try has committed without its answer. */
  private async drafts(manager: EntityManager): Promise<AuditDraft[]> {
    const earlier = await EarlierStarts.read(manager);
    if (earlier.has(this.self)) return [];
    const before = earlier.before(this.replica)?.config;
    const { variables } = this.config.audit;
    const changes = before ? configChanges(before, variables) : {};
    const { newest, unnamed } = await schemaSteps(manager);
    return [
      ...((await lastSwitch(manager)) === 'audit.disable' ? [draft('audit.enable', { replica: this.replica })] : []),
      ...this.migrationDrafts(unnamed),
      ...(Object.keys(changes).length > 0 ? [{ ...draft('config.change', { replica: this.replica }), changes }] : []),
      draft('server.start', {
        version: VERSION,
        node: process.version,
        database: dialectOf(manager.dataSource),
        ...(newest !== undefined && { schema: newest }),
        replica: this.replica,
        config: variables.values,
        config_marked_by: variables.markedBy,
        ...(earlier.lostOne(this.replica) ? { last_stop: 'unknown' } : {}),
      }),
    ];
  }

  /** Also of migrations whose process was killed before it had a row for them, and of those that ran while the log was off. */
  private migrationDrafts(unnamed: readonly string[]): AuditDraft[] {
    const here = unnamed.filter((name) => this.bootstrap.applied.includes(name));
    const earlier = unnamed.filter((name) => !here.includes(name));
    return [
      ...(earlier.length > 0 ? [draft('migration.up', { migrations: earlier, found_at_start: true })] : []),
      ...(here.length > 0 ? [draft('migration.up', { migrations: here, replica: this.replica })] : []),
    ];
  }

  /** The log ends with the row that says so, unless nothing was ever written to it. */
  private async lastDraft(manager: EntityManager): Promise<AuditDraft[]> {
    const [row]: unknown[] = await manager.query('SELECT seq FROM audit_events LIMIT 1');
    if (row === undefined || (await lastSwitch(manager)) === 'audit.disable') return [];
    return [draft('audit.disable', { replica: this.replica })];
  }
}

async function lastSwitch(manager: EntityManager): Promise<string | undefined> {
  const [row]: { action: string }[] = await manager.query(LAST_SWITCH);
  return row?.action;
}

const draft = (action: Action, metadata: NonNullable<AuditDraft['metadata']>): AuditDraft => ({
  action,
  actor: SYSTEM,
  call: undefined,
  outcome: 'success',
  metadata,
});
