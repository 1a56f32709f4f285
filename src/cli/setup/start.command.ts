import { existsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Command } from 'nest-commander';
import { DEFAULT_ENV_FILE, envVariables } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { nextSteps } from './next.steps.js';
import { ServerCommand, type ServerOptions } from '../server/server.command.js';
import { currentSetup, writeSetup } from './setup.file.js';
import { Terminal } from '../terminal/terminal.js';

/** What `npm start` runs: a new user has a server after one command. In production nothing is made up: a missing variable stays a fault. */
@Command({ name: 'start', description: 'like server; the first start in a new directory sets it up' })
@Injectable()
export class StartCommand extends ServerCommand {
  constructor(private readonly terminal: Terminal) {
    super();
  }

  override async run(_: string[], options: ServerOptions): Promise<void> {
    if (isFirstStart(options)) this.setUp(options);
    await this.serve(options);
  }

  /** What this start was told goes into the file too: the commands that follow find the server by it. */
  private setUp({ addr, db }: ServerOptions): void {
    const { LISTEN_ADDR, DATABASE_PATH } = envVariables(undefined);
    writeSetup(DEFAULT_ENV_FILE, { addr: addr ?? (LISTEN_ADDR || undefined), db: db ?? (DATABASE_PATH || undefined) });
    this.terminal.line(
      `First start: wrote ${DEFAULT_ENV_FILE} with a management token and an encryption key, readable by you only.\n`,
    );
    this.terminal.line(`${nextSteps(listenUrl(currentSetup(DEFAULT_ENV_FILE)['LISTEN_ADDR']))}\n`);
  }
}

function isFirstStart({ env }: ServerOptions): boolean {
  if (env !== undefined || existsSync(DEFAULT_ENV_FILE)) return false;
  const variables = envVariables(undefined);
  return variables['MANAGEMENT_TOKEN'] === undefined && variables['NODE_ENV'] !== 'production';
}
