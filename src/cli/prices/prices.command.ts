import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { CliCommand } from '../terminal/cli.command.js';
import { envVariables } from '../environment/env.variables.js';
import { usageError } from '../terminal/cli.error.js';
import { type Screen, Terminal } from '../terminal/terminal.js';

export interface PricesOptions {
  json?: true;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A command that works with price files. It needs no server and no database. */
@Injectable()
export abstract class PricesCommand extends CliCommand {
  protected override readonly docs = 'docs/observability/usage-and-cost.md';

  constructor(protected readonly terminal: Terminal) {
    super();
  }

  /** Prints the value itself with `--json`, else what `format` makes of it. */
  protected print<T>({ json }: PricesOptions, value: T, format: (value: T, screen: Screen) => string): void {
    if (json) this.terminal.json(value);
    else this.terminal.line(format(value, this.terminal.screen()));
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}

/** The price file of the server, from the environment or the variables file. */
export const pricesPath = (env: string | undefined): string | undefined =>
  envVariables(env)['PRICES_PATH']?.trim() || undefined;

/** A UTC day such as `2026-07-30`, or the day of an RFC 3339 time. */
export function utcDay(name: string, value: string): string {
  const time = Date.parse(DAY.test(value) ? `${value}T00:00:00Z` : value);
  if (!/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d\d:\d\d))?$/i.test(value) || Number.isNaN(time))
    throw usageError(`${name} must be a date such as 2026-07-30, or an RFC 3339 time`);
  const day = new Date(time).toISOString().slice(0, 10);
  if (DAY.test(value) && day !== value) throw usageError(`${name} must be a date such as 2026-07-30`);
  return day;
}

export const today = (): string => new Date().toISOString().slice(0, 10);
