import type { Readable, Writable } from 'node:stream';
import { CliError, ServerRefusal } from './cli.error.js';

export type Input = Readable & { isTTY?: boolean };

/** A reader that closes the pipe (`llm-proxy … | head`) is not an error. */
const ignoreBrokenPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

/** Replaces control characters, which would move the cursor or recolour the screen. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?');

/** The only class that writes: results to stdout, prompts and errors to stderr. */
export class Terminal {
  constructor(
    readonly stdin: Input,
    readonly stdout: Writable,
    readonly stderr: Writable,
  ) {
    for (const stream of [stdout, stderr]) stream.on('error', ignoreBrokenPipe);
  }

  static ofProcess(): Terminal {
    return new Terminal(process.stdin, process.stdout, process.stderr);
  }

  /** True when standard input is a terminal, so that questions can be asked. */
  get interactive(): boolean {
    return this.stdin.isTTY === true;
  }

  write(text: string): void {
    this.stdout.write(text);
  }

  line(text = ''): void {
    this.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }

  /** A message beside the result, on stderr. */
  note(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  fail(error: CliError, asJson: boolean): void {
    if (asJson) this.note(JSON.stringify({ error: error.message, code: error.code, ...detailsOf(error) }));
    else for (const line of error.sentence.split('\n')) this.note(`llm-proxy: ${printable(line)}`);
  }
}

const detailsOf = (error: CliError): object =>
  error instanceof ServerRefusal && error.details.length > 0 ? { details: error.details } : {};
