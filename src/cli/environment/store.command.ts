import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { Variables } from '../../config/values/variables.js';
import { CliCommand } from '../terminal/cli.command.js';
import type { Screen, Terminal } from '../terminal/terminal.js';
import { envVariables } from './env.variables.js';

export interface StoreOptions {
  env?: string;
  db?: string;
  json?: true;
}

/** A command on what a server has stored, also while servers run. */
@Injectable()
export abstract class StoreCommand extends CliCommand {
  protected abstract readonly terminal: Terminal;

  protected variables({ env, db }: StoreOptions): Variables {
    return { ...envVariables(env), ...(db !== undefined && { DATABASE_PATH: db }) };
  }

  /** Prints the value itself with `--json`, else what `format` makes of it. */
  protected print<T>({ json }: StoreOptions, value: T, format: (value: T, screen: Screen) => string): void {
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
