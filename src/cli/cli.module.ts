import { type DynamicModule, Module } from '@nestjs/common';
import { CompletionCommand } from './completion/completion.command.js';
import { DispatcherCommand } from './server/dispatcher.command.js';
import { DoctorCommand } from './doctor/doctor.command.js';
import { EVENT_COMMANDS } from './events/events.groups.js';
import { FirstToken } from './setup/first.token.js';
import { Consent } from './terminal/consent.js';
import { LocalServer } from './setup/local.server.js';
import { MANAGE_COMMANDS } from './manage/manage.groups.js';
import { ManageInput } from './manage/manage.input.js';
import { ManagementAccess } from './manage/management.access.js';
import { MIGRATE_COMMANDS } from './migrate/migrate.command.js';
import { PRICES_COMMANDS } from './prices/prices.group.js';
import { RootProgram } from './program.js';
import { Prompt } from './terminal/prompt.js';
import { Questions } from './terminal/questions.js';
import { SecretInput } from './terminal/secret.input.js';
import { ServerCommand } from './server/server.command.js';
import { SetupCommand } from './setup/setup.command.js';
import { SetupInterview } from './setup/setup.interview.js';
import { StatusCommand } from './manage/status.command.js';
import { StartCommand } from './setup/start.command.js';
import { Terminal } from './terminal/terminal.js';

const COMMANDS = [
  ServerCommand,
  DispatcherCommand,
  StartCommand,
  SetupCommand,
  StatusCommand,
  DoctorCommand,
  ...MANAGE_COMMANDS,
  ...MIGRATE_COMMANDS,
  ...EVENT_COMMANDS,
  ...PRICES_COMMANDS,
  CompletionCommand,
];
const PARTS = [
  RootProgram,
  Prompt,
  Questions,
  SecretInput,
  Consent,
  ManageInput,
  ManagementAccess,
  LocalServer,
  FirstToken,
  SetupInterview,
];

/** The command line. It imports nothing of the server: the command `server` loads that when it runs. */
@Module({})
export class CliModule {
  static on(terminal: Terminal): DynamicModule {
    return { module: CliModule, providers: [{ provide: Terminal, useValue: terminal }, ...PARTS, ...COMMANDS] };
  }
}
