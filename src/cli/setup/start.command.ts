import { lstatSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Command } from 'nest-commander';
import { ConfigError } from '../../config/values/config.error.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';
import { DEFAULT_ENV_FILE, envVariables } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { nextSteps } from './next.steps.js';
import { ServerCommand, type ServerOptions } from '../server/server.command.js';
import { assertPortIsFree } from './port.probe.js';
import { currentSetup, DEFAULT_LISTEN_ADDRESS, type SetupChoices, writeSetup } from './setup.file.js';
import { Terminal } from '../terminal/terminal.js';

/** The command of `npm start`. A first start writes a `.env`, so one command is enough. In production it writes none: a missing variable is an error. */
@Command({
  name: 'start',
  description: 'run the proxy; the first start writes a .env with fresh secrets',
})
@Injectable()
export class StartCommand extends ServerCommand {
  override readonly examples = ['start', 'start --addr 127.0.0.1:9000'];

  constructor(private readonly terminal: Terminal) {
    super();
  }

  override async run(_: string[], options: ServerOptions): Promise<void> {
    if (isFirstStart(options)) await this.setUp(options);
    await this.serve(options);
  }

  /** The file gets the address and database of this start, so that later commands find the same server. */
  private async setUp(options: ServerOptions): Promise<void> {
    const { LISTEN_ADDR, DATABASE_PATH, DATABASE_URL } = envVariables(undefined);
    assertNoServerData(DATABASE_URL);
    const addr = options.addr ?? LISTEN_ADDR;
    await assertPortIsFree(addr ?? DEFAULT_LISTEN_ADDRESS);
    write({ addr, db: options.db ?? DATABASE_PATH });
    this.terminal.line(
      `First start: wrote ${DEFAULT_ENV_FILE} with a management token and an encryption key, readable by you only.\n`,
    );
    this.terminal.line(`${nextSteps(DEFAULT_ENV_FILE, listenUrl(currentSetup(DEFAULT_ENV_FILE)['LISTEN_ADDR']))}\n`);
  }
}

function write(choices: SetupChoices): void {
  try {
    writeSetup(DEFAULT_ENV_FILE, choices);
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode !== EXIT_CODE.failed) throw error;
    throw new ConfigError([
      `${error.message}: start in a folder that this user may write, or set MANAGEMENT_TOKEN and ENCRYPTION_KEY`,
    ]);
  }
}

/** A database server may have data of an earlier key. Only the operator knows. */
function assertNoServerData(url: string | undefined): void {
  if (url === undefined) return;
  throw new ConfigError([
    `${DEFAULT_ENV_FILE} is missing, and DATABASE_URL names a database that may have data: put the old ${DEFAULT_ENV_FILE} back, or set MANAGEMENT_TOKEN and ENCRYPTION_KEY`,
  ]);
}

function isFirstStart({ env }: ServerOptions): boolean {
  // A link to a file that is missing exists, and reading it fails.
  if (env !== undefined || lstatSync(DEFAULT_ENV_FILE, { throwIfNoEntry: false })) return false;
  const variables = envVariables(undefined);
  const isGiven = variables['MANAGEMENT_TOKEN'] !== undefined || variables['MANAGEMENT_TOKEN_FILE'] !== undefined;
  return !isGiven && variables['NODE_ENV'] !== 'production';
}
