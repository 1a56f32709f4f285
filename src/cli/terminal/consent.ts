import { Injectable } from '@nestjs/common';
import { failure, usageError } from './cli.error.js';
import { Prompt } from './prompt.js';
import { printable, Terminal } from './terminal.js';

/** The option of a command that destroys something. */
export const YES = { flags: '-y, --yes', description: 'do not ask for confirmation' } as const;

export interface ConsentOptions {
  yes?: true;
}

/** Asks before something is destroyed. `--yes` answers in advance; without a terminal it is required. */
@Injectable()
export class Consent {
  constructor(
    private readonly terminal: Terminal,
    private readonly prompt: Prompt,
  ) {}

  /** Throws when the question could not be asked. Called first, before anything is read or done. */
  assertPossible({ yes }: ConsentOptions, effect: string): void {
    if (!yes && !this.terminal.interactive)
      throw usageError(`${effect}: without a terminal to confirm on, --yes is required`);
  }

  /** Throws unless the answer is `word`. */
  async ask({ yes }: ConsentOptions, effect: string, word = 'yes'): Promise<void> {
    if (yes) return;
    const answer = await this.prompt.ask(`${printable(effect)} Type ${printable(word)} to continue: `);
    if (answer?.trim() !== word) throw failure('not confirmed: nothing was done');
  }
}
