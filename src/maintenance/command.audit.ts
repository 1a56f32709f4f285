import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { DataSource } from 'typeorm';
import { AuditChain } from '../audit/audit.chain.js';
import type { AuditDraft, Outcome } from '../audit/row/audit.draft.js';
import { AuditLedger, auditRefusal } from '../changes/audit.ledger.js';
import { RevisionCounter } from '../changes/revision.counter.js';
import type { Action } from '../common/audit/audit.action.js';
import type { Json } from '../common/audit/json.js';
import { StartupError } from '../common/errors/startup.error.js';
import { type Actor, SYSTEM } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { VERSION } from '../common/values/package.js';
import type { AppConfig } from '../config/app.config.js';
import type { Entities } from '../database/data.source.js';
import { retryWhileBusy } from '../database/retry.js';
import { openDatabase } from './open.database.js';

type Facts = Readonly<Record<string, Json>>;

const ACTOR: Actor = { ...SYSTEM, origin: 'cli' };

/** Rows of commands that work on the database directly, also beside servers. */
export class CommandAudit {
  private readonly chain: AuditChain;
  private readonly ledger: AuditLedger;

  constructor(
    private readonly dataSource: DataSource,
    config: AppConfig,
  ) {
    this.chain = new AuditChain(config, new Clock());
    this.ledger = new AuditLedger(new RevisionCounter(dataSource), this.chain);
  }

  /** A row of what is done, behind the newest one. Throws StartupError when it cannot be written. */
  async write(action: Action, facts: Facts): Promise<void> {
    await this.append(action, facts, 'success', 'the work of this command is done, but its row is missing');
  }

  /**
   * Work that commits in parts and may be killed in between: a row before its first change, and one behind its last with what
   * `countsOf` says of the result. Throws StartupError when a row cannot be written; without the first, nothing is done.
   */
  async around<T>(action: Action, facts: Facts, work: () => Promise<T>, countsOf: (result: T) => Facts): Promise<T> {
    await this.append(action, { ...facts, phase: 'begin' }, 'success', 'this command does nothing');
    let result: T;
    try {
      result = await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.append(action, { ...facts, phase: 'end', message }, 'failure', '').catch(() => undefined);
      throw error;
    }
    await this.write(action, { ...facts, phase: 'end', ...countsOf(result) });
    return result;
  }

  private async append(action: Action, facts: Facts, outcome: Outcome, consequence: string): Promise<void> {
    if (!this.chain.isOn) return;
    const metadata = { ...facts, user: userName(), version: VERSION };
    const draft: AuditDraft = { action, actor: ACTOR, call: undefined, outcome, metadata };
    await this.ledger.append(this.dataSource.manager, [draft], retryWhileBusy).catch((error: unknown) => {
      const refusal = auditRefusal(error);
      const reason = refusal?.message ?? 'the audit log cannot be written';
      throw Object.assign(new StartupError(refusal?.exitCode ?? 1, [`${reason}; ${consequence}`]), { cause: error });
    });
  }
}

/** Runs `work` with the audit log of the database; without one where no server has made the SQLite file yet. */
export async function withCommandAudit<T>(
  config: AppConfig,
  entities: Entities,
  work: (audit: CommandAudit | undefined) => Promise<T>,
): Promise<T> {
  const { driver, path } = config.database;
  if (!config.audit.enabled || (driver === 'sqlite' && !existsSync(path))) return work(undefined);
  const dataSource = await openDatabase(config.database, entities);
  try {
    return await work(new CommandAudit(dataSource, config));
  } finally {
    await dataSource.destroy();
  }
}

/** Of the operating system. A container may have no name for its user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
