import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { usageError } from './cli.error.js';
import { Prompt } from './prompt.js';
import { Terminal } from './terminal.js';

/** The characters of an Authorization value. `fetch` would quote any other value, secret included, in its error. */
const ONE_WORD = /^[\x21-\x7e]{1,8192}$/;

/** Reads a secret from a file, from standard input or from a hidden prompt. Never from an argument: `ps` shows arguments to every user. */
@Injectable()
export class SecretInput {
  constructor(
    private readonly terminal: Terminal,
    private readonly prompt: Prompt,
  ) {}

  /** `file` is a path or `-` for a line of standard input. Without it the secret is asked for at a terminal, or read from a pipe. */
  async read(name: string, file: string | undefined): Promise<string> {
    if (file !== undefined && file !== '-') return oneWord(name, this.fromFile(name, file));
    const isAsked = file === undefined && this.terminal.interactive;
    const line = await (isAsked ? this.prompt.ask(`${name} (not shown): `, { hidden: true }) : this.prompt.line());
    if (line === undefined) throw usageError(`${name}: standard input ended before it was read`);
    return oneWord(name, line);
  }

  // The message does not repeat the path: it may be the secret itself, given by mistake.
  private fromFile(name: string, file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw usageError(`${name}: its file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  }
}

export function oneWord(name: string, text: string): string {
  const secret = text.trim();
  if (!ONE_WORD.test(secret)) throw usageError(`${name} must be one line of visible ASCII characters`);
  return secret;
}
