import { Injectable } from '@nestjs/common';
import type { Action } from '../../common/audit/audit.action.js';
import type { Json } from '../../common/audit/json.js';
import { StoreCommand, type StoreOptions } from '../environment/store.command.js';
import { SecretInput } from '../terminal/secret.input.js';
import type { DatabaseSession, IfMissing } from './database.session.js';
import { Terminal } from '../terminal/terminal.js';

export type DatabaseOptions = StoreOptions;

/** A command that works on the database directly, also while servers run. */
@Injectable()
export abstract class DatabaseCommand extends StoreCommand {
  constructor(
    protected readonly terminal: Terminal,
    protected readonly secrets: SecretInput,
  ) {
    super();
  }

  /** Adds a row of this command to the audit log of a database whose schema is current. */
  protected async note(options: DatabaseOptions, action: Action, facts: Readonly<Record<string, Json>>): Promise<void> {
    await this.withSession(options, async ({ dataSource, config }) => {
      const { CommandAudit } = await import('../../maintenance/command.audit.js');
      await new CommandAudit(dataSource, config).write(action, facts);
    });
  }

  /** Opens the database that the environment names, and closes it after `work`. */
  protected async withSession<T>(
    options: DatabaseOptions,
    work: (session: DatabaseSession) => Promise<T>,
    ifMissing: IfMissing = 'refuse',
  ): Promise<T> {
    // Loaded only here: help and usage errors need no database driver.
    const { withSession } = await import('./database.session.js');
    return withSession(this.variables(options), ifMissing, work);
  }
}
