import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { Variables } from '../../config/values/variables.js';
import type { Screen, Terminal } from '../terminal/terminal.js';
import { envVariables } from './env.variables.js';
import { EnvironmentCommand, type EnvironmentOptions } from './environment.command.js';

export interface StoreOptions extends EnvironmentOptions {
  json?: true;
}

/** A command on what a server has stored, also while servers run. */
@Injectable()
export abstract class StoreCommand extends EnvironmentCommand {
  protected abstract readonly terminal: Terminal;

  protected variables({ env, db }: StoreOptions): Variables {
    return { ...envVariables(env), ...(db !== undefined && { DATABASE_PATH: db }) };
  }

  /** Prints the value itself with `--json`, else what `format` makes of it. */
  protected print<T>({ json }: StoreOptions, value: T, format: (value: T, screen: Screen) => string): void {
    if (json) this.terminal.json(value);
    else this.terminal.line(format(value, this.terminal.screen()));
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}
