import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { CliCommand } from '../terminal/cli.command.js';

export interface EnvironmentOptions {
  env?: string;
  db?: string;
}

/** A command that is configured as a server is. */
@Injectable()
export abstract class EnvironmentCommand extends CliCommand {
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
}
