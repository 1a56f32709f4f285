import { type DynamicModule, Module } from '@nestjs/common';
import { FirstToken } from './first.token.js';
import { LocalServer } from './local.server.js';
import { MANAGE_COMMANDS } from './manage.groups.js';
import { ManagementAccess } from './management.access.js';
import { MIGRATE_COMMANDS } from './migrate.command.js';
import { RootProgram } from './program.js';
import { Prompt } from './prompt.js';
import { Questions } from './questions.js';
import { SecretInput } from './secret.input.js';
import { ServerCommand } from './server.command.js';
import { SetupCommand } from './setup.command.js';
import { SetupInterview } from './setup.interview.js';
import { StartCommand } from './start.command.js';
import { Terminal } from './terminal.js';

const COMMANDS = [ServerCommand, StartCommand, SetupCommand, ...MANAGE_COMMANDS, ...MIGRATE_COMMANDS];
const PARTS = [RootProgram, Prompt, Questions, SecretInput, ManagementAccess, LocalServer, FirstToken, SetupInterview];

/** The command line. It holds nothing of the server: `server` loads that when it runs. */
@Module({})
export class CliModule {
  static on(terminal: Terminal): DynamicModule {
    return { module: CliModule, providers: [{ provide: Terminal, useValue: terminal }, ...PARTS, ...COMMANDS] };
  }
}
