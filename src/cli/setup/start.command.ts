import { existsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Command } from 'nest-commander';
import { DEFAULT_ENV_FILE, envVariables } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { nextSteps } from './next.steps.js';
import { ServerCommand, type ServerOptions } from '../server/server.command.js';
import { currentSetup, writeSetup } from './setup.file.js';
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
    if (isFirstStart(options)) this.setUp(options);
    await this.serve(options);
  }

  /** The file gets the address and database of this start, so that later commands find the same server. */
  private setUp({ addr, db }: ServerOptions): void {
    const { LISTEN_ADDR, DATABASE_PATH } = envVariables(undefined);
    writeSetup(DEFAULT_ENV_FILE, { addr: addr ?? (LISTEN_ADDR || undefined), db: db ?? (DATABASE_PATH || undefined) });
    this.terminal.line(
      `First start: wrote ${DEFAULT_ENV_FILE} with a management token and an encryption key, readable by you only.\n`,
    );
    this.terminal.line(`${nextSteps(DEFAULT_ENV_FILE, listenUrl(currentSetup(DEFAULT_ENV_FILE)['LISTEN_ADDR']))}\n`);
  }
}

function isFirstStart({ env }: ServerOptions): boolean {
  if (env !== undefined || existsSync(DEFAULT_ENV_FILE)) return false;
  const variables = envVariables(undefined);
  return variables['MANAGEMENT_TOKEN'] === undefined && variables['NODE_ENV'] !== 'production';
}
