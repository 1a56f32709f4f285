import { existsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { mask } from '../../common/values/mask.js';
import { tokenWeakness } from '../../config/token.strength.js';
import { usage } from '../terminal/cli.error.js';
import { FirstToken } from './first.token.js';
import { serverCommand } from './next.steps.js';
import { Questions } from './questions.js';
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

interface Suggestions {
  config: string;
  addr?: string | undefined;
  db?: string | undefined;
}

const KEEP = Symbol('keep');

/** `setup --interactive`: every value is asked for; Enter keeps what is there, or takes what is proposed. */
@Injectable()
export class SetupInterview {
  constructor(
    private readonly terminal: Terminal,
    private readonly questions: Questions,
    private readonly firstToken: FirstToken,
  ) {}

  async run(suggestions: Suggestions): Promise<void> {
    const { config: proposed } = suggestions;
    const config = await this.questions.ask('Configuration file', {
      enter: proposed,
      shown: proposed,
      read: (text) => text,
    });
    const { written } = writeSetup(config, await this.choices(config, suggestions));
    this.terminal.line(
      written.length > 0
        ? `Wrote ${written.join(', ')} to ${config}, readable by you only.`
        : `${config} stays as it is.`,
    );
    await this.firstToken.offer(config);
    this.terminal.line(`Start the server:\n       ${serverCommand(config)}`);
  }

  private async choices(config: string, { addr, db }: Suggestions): Promise<SetupChoices> {
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
    const shown = current ? `Enter keeps ${mask(current)}` : 'Enter makes one';
    return this.questions.ask<string | typeof KEEP>('Management token, not shown', {
      enter: KEEP,
      shown,
      hidden: true,
      read: strongToken,
    });
  }

  private async value(label: string, proposed: string, read: (text: string) => string): Promise<string> {
    return this.questions.ask(label, { enter: proposed, shown: proposed, read });
  }
}

function strongToken(text: string): string {
  const token = oneWord('the management token', text);
  const weakness = token.includes(',') ? 'must not hold a comma' : tokenWeakness(token);
  if (weakness) throw usage(`the management token ${weakness}`);
  return token;
}
