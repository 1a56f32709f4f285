import { Injectable } from '@nestjs/common';
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
