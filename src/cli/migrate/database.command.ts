import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { Variables } from '../../config/values/variables.js';
import { CliCommand } from '../terminal/cli.command.js';
import { envVariables } from '../environment/env.variables.js';
import { SecretInput } from '../terminal/secret.input.js';
import type { DatabaseSession, IfMissing } from './database.session.js';
import { type Screen, Terminal } from '../terminal/terminal.js';

export interface DatabaseOptions {
  env?: string;
  db?: string;
  json?: true;
}

/** A command that works on the database directly, also while servers run. */
@Injectable()
export abstract class DatabaseCommand extends CliCommand {
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

  protected variables({ env, db }: DatabaseOptions): Variables {
    return { ...envVariables(env), ...(db !== undefined && { DATABASE_PATH: db }) };
  }

  /** Prints the value itself with `--json`, else what `format` makes of it. */
  protected print<T>({ json }: DatabaseOptions, value: T, format: (value: T, screen: Screen) => string): void {
    if (json) this.terminal.json(value);
    else this.terminal.line(format(value, this.terminal.screen()));
  }

  @Option({
    flags: '--env <file>',
    description: 'variables file; the environment takes precedence (default: .env)',
  })
  parseEnv(value: string): string {
    return value;
  }

  @Option({ flags: '--db <file>', description: 'SQLite file; overrides DATABASE_PATH' })
  parseDatabase(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}
