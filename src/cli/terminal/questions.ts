import { Injectable } from '@nestjs/common';
import { CliError, EXIT_CODE } from './cli.error.js';
import { Prompt } from './prompt.js';
import { Terminal } from './terminal.js';

interface Question<T> {
  /** The value for Enter; undefined when an answer is required. */
  defaultValue?: T;
  /** The default as the prompt shows it. */
  defaultLabel?: string;
  hidden?: boolean;
  /** Parses the answer, or throws a usage error that says what is expected. */
  read: (text: string) => T;
}

/** Asks until the answer is valid. On a pipe an invalid answer is an error. */
@Injectable()
export class Questions {
  constructor(
    private readonly terminal: Terminal,
    private readonly prompt: Prompt,
  ) {}

  async ask<T>(label: string, { defaultValue, defaultLabel, hidden = false, read }: Question<T>): Promise<T> {
    const suffix = defaultLabel === undefined ? '' : ` [${defaultLabel}]`;
    for (;;) {
      const line = (await this.prompt.ask(`${label}${suffix}: `, { hidden }))?.trim() ?? '';
      if (line === '' && defaultValue !== undefined) return defaultValue;
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
