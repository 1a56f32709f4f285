import { Injectable } from '@nestjs/common';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';
import { Prompt } from '../terminal/prompt.js';
import { Terminal } from '../terminal/terminal.js';

interface Question<T> {
  /** What Enter means; undefined when an answer is needed. */
  enter?: T;
  /** How Enter's meaning is shown. */
  shown?: string;
  hidden?: boolean;
  /** Reads the answer or throws a usage error that says what it should have been. */
  read: (text: string) => T;
}

/** Asks until the answer makes sense; a pipe is not asked twice. */
@Injectable()
export class Questions {
  constructor(
    private readonly terminal: Terminal,
    private readonly prompt: Prompt,
  ) {}

  async ask<T>(label: string, { enter, shown, hidden = false, read }: Question<T>): Promise<T> {
    for (;;) {
      const line =
        (await this.prompt.ask(`${label}${shown === undefined ? '' : ` [${shown}]`}: `, { hidden }))?.trim() ?? '';
      if (line === '' && enter !== undefined) return enter;
      try {
        return read(line);
      } catch (error) {
        if (!this.terminal.interactive || !(error instanceof CliError && error.exitCode === EXIT_CODE.usage))
          throw error;
        this.terminal.note(`  ${error.message}`);
      }
    }
  }
}
