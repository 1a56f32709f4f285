import { existsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { mask } from '../../common/values/mask.js';
import { tokenWeakness } from '../../config/token.strength.js';
import { usageError } from '../terminal/cli.error.js';
import { FirstToken } from './first.token.js';
import { serverCommand } from './next.steps.js';
import { Questions } from '../terminal/questions.js';
import { oneWord } from '../terminal/secret.input.js';
import {
  currentSetup,
  DEFAULT_DATABASE_PATH,
  DEFAULT_LISTEN_ADDRESS,
  filePath,
  listenAddress,
  type SetupChoices,
  writeSetup,
} from './setup.file.js';
import { Terminal } from '../terminal/terminal.js';

interface Defaults {
  config: string;
  addr?: string | undefined;
  db?: string | undefined;
}

const KEEP = Symbol('keep');

/** `setup --interactive` asks for every value. Enter keeps the existing value or takes the default. */
@Injectable()
export class SetupInterview {
  constructor(
    private readonly terminal: Terminal,
    private readonly questions: Questions,
    private readonly firstToken: FirstToken,
  ) {}

  async run(defaults: Defaults): Promise<void> {
    const { config: defaultFile } = defaults;
    const config = await this.questions.ask('Configuration file', {
      defaultValue: defaultFile,
      defaultLabel: defaultFile,
      read: (text) => text,
    });
    const { written } = writeSetup(config, await this.choices(config, defaults));
    this.terminal.line(
      written.length > 0
        ? `Wrote ${written.join(', ')} to ${config}, readable by you only.`
        : `${config} is unchanged.`,
    );
    await this.firstToken.offer(config);
    this.terminal.line(`Start the server:\n       ${serverCommand(config)}`);
  }

  private async choices(config: string, { addr, db }: Defaults): Promise<SetupChoices> {
    const current = existsSync(config) ? currentSetup(config) : {};
    const token = await this.token(current['MANAGEMENT_TOKEN']);
    const address = await this.value(
      'Listen address',
      addr ?? (current['LISTEN_ADDR'] || DEFAULT_LISTEN_ADDRESS),
      listenAddress,
    );
    const database = await this.value(
      'Database file',
      db ?? (current['DATABASE_PATH'] || DEFAULT_DATABASE_PATH),
      filePath,
    );
    const answers = { addr: address, db: database, replace: ['LISTEN_ADDR', 'DATABASE_PATH'] } as const;
    return token === KEEP
      ? answers
      : { ...answers, managementToken: token, replace: [...answers.replace, 'MANAGEMENT_TOKEN'] };
  }

  private async token(current: string | undefined): Promise<string | typeof KEEP> {
    const defaultLabel = current ? `Enter keeps ${mask(current)}` : 'Enter creates one';
    return this.questions.ask<string | typeof KEEP>('Management token (not shown)', {
      defaultValue: KEEP,
      defaultLabel,
      hidden: true,
      read: strongToken,
    });
  }

  private async value(label: string, defaultValue: string, read: (text: string) => string): Promise<string> {
    return this.questions.ask(label, { defaultValue, defaultLabel: defaultValue, read });
  }
}

function strongToken(text: string): string {
  const token = oneWord('the management token', text);
  const weakness = token.includes(',') ? 'must not contain a comma' : tokenWeakness(token);
  if (weakness) throw usageError(`the management token ${weakness}`);
  return token;
}
