import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { AppConfig } from '../../config/app.config.js';
import type { EventDatabase } from '../../events/store/event.database.js';
import { envVariables } from '../environment/env.variables.js';
import { CliCommand } from '../terminal/cli.command.js';
import { Consent } from '../terminal/consent.js';
import { type Screen, Terminal } from '../terminal/terminal.js';

export interface EventOptions {
  env?: string;
  db?: string;
  json?: true;
}

/** A command on the database of events. */
@Injectable()
export abstract class EventCommand extends CliCommand {
  protected override readonly docs = 'docs/observability/sinks.md';

  constructor(
    protected readonly terminal: Terminal,
    protected readonly consent: Consent,
  ) {
    super();
  }

  protected async withEvents<T>(
    { env, db }: EventOptions,
    work: (database: EventDatabase, config: AppConfig) => Promise<T>,
  ): Promise<T> {
    // Loaded here: help and usage errors need no database driver.
    const { withEvents } = await import('./event.session.js');
    return withEvents({ ...envVariables(env), ...(db !== undefined && { DATABASE_PATH: db }) }, work);
  }

  /** Prints the value itself with `--json`, else what `format` makes of it. */
  protected print<T>({ json }: EventOptions, value: T, format: (value: T, screen: Screen) => string): void {
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
