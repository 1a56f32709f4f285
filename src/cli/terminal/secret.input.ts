import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { usage } from './cli.error.js';
import { Prompt } from './prompt.js';
import { Terminal } from './terminal.js';

/** What fits in an Authorization value. Anything else would be quoted, secret and all, in an error of `fetch`. */
const ONE_WORD = /^[\x21-\x7e]{1,8192}$/;

/** Takes a secret from a file, from standard input or from a prompt that does not show it; never from an argument, which `ps` shows to all. */
@Injectable()
export class SecretInput {
  constructor(
    private readonly terminal: Terminal,
    private readonly prompt: Prompt,
  ) {}

  /** `file`: a path, `-` for a line of standard input, or absent: asked for, or read from a pipe. */
  async read(name: string, file: string | undefined): Promise<string> {
    if (file !== undefined && file !== '-') return oneWord(name, this.fromFile(name, file));
    const asked = file === undefined && this.terminal.interactive;
    const line = await (asked ? this.prompt.ask(`${name} (not shown): `, { hidden: true }) : this.prompt.line());
    if (line === undefined) throw usage(`${name}: standard input ended before it`);
    return oneWord(name, line);
  }

  // The path is not repeated: someone may have put the secret itself in its place.
  private fromFile(name: string, file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw usage(`${name}: its file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  }
}

export function oneWord(name: string, text: string): string {
  const secret = text.trim();
  if (!ONE_WORD.test(secret)) throw usage(`${name} must be one line of visible ASCII characters`);
  return secret;
}
