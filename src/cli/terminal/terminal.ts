import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { type CliError, failure, ServerRefusal } from './cli.error.js';

export type Input = Readable & { isTTY?: boolean };
export type Output = Writable & { isTTY?: boolean; columns?: number };
export type Style = Parameters<typeof styleText>[0];

/** The width of a terminal that does not report one. */
const DEFAULT_WIDTH = 80;

/** How results are shown. */
export interface Screen {
  /** The columns of the terminal; undefined = full values, for a pipe or `--wide`. */
  width: number | undefined;
  nowMs: number;
  paint: (style: Style, text: string) => string;
}

/** Replaces control characters, which would move the cursor or recolour the screen. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?');

/** The only class that writes: results to stdout, prompts and errors to stderr. */
export class Terminal {
  /** Rejects when results cannot be written. A reader that closes the pipe (`llm-proxy … | head`) is not an error. */
  readonly failed: Promise<never>;
  private fault: CliError | undefined;
  /** Resolves at the first error of standard output. */
  private readonly closed: Promise<false>;

  constructor(
    readonly stdin: Input,
    readonly stdout: Output,
    readonly stderr: Output,
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    promise.catch(() => undefined);
    const closed = Promise.withResolvers<false>();
    this.closed = closed.promise;
    stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      closed.resolve(false);
      if (code === 'EPIPE') return;
      const why = code === 'ENOSPC' ? ': the disk is full' : '';
      this.fault ??= failure(`standard output cannot be written (${code})${why}`);
      reject(this.fault);
    });
    // There is no other place to say it.
    stderr.on('error', () => undefined);
  }

  static ofProcess(): Terminal {
    return new Terminal(process.stdin, process.stdout, process.stderr);
  }

  /** True when standard input is a terminal, so that questions can be asked. */
  get interactive(): boolean {
    return this.stdin.isTTY === true;
  }

  /** True when results are read on a screen, not by a program. */
  get displays(): boolean {
    return this.stdout.isTTY === true;
  }

  screen({ wide = false } = {}): Screen {
    return {
      width: this.displays && !wide ? this.stdout.columns || DEFAULT_WIDTH : undefined,
      nowMs: Date.now(),
      paint: (style, text) => paint(this.stdout, style, text),
    };
  }

  write(text: string): void {
    this.stdout.write(text);
  }

  /** Writes pieces one by one, and stops when their reader has enough or they cannot be written. */
  async writeAll(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of pieces) if (!(await this.written(piece))) return;
  }

  /** Resolves when all results are written. Throws when they cannot be. */
  async flushed(): Promise<void> {
    await this.written('');
    // The stream reports its error after the write.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fault) throw this.fault;
  }

  /** True when nothing more can be written. */
  get hasFailed(): boolean {
    return this.fault !== undefined;
  }

  /** False when it cannot be. A stream that has failed may take a write and never report its end. */
  private async written(piece: Uint8Array | string): Promise<boolean> {
    const end = new Promise<boolean>((resolve) => this.stdout.write(piece, (error) => resolve(!error)));
    return Promise.race([this.closed, end]);
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

  /** A doubt about something that succeeded, on stderr. */
  warn(text: string): void {
    this.note(`${paint(this.stderr, 'yellow', 'llm-proxy: warning:')} ${printable(text)}`);
  }

  /** Advice beside the result, for a person only. */
  hint(text: string): void {
    if (this.displays) this.note(paint(this.stderr, 'dim', text));
  }

  fail(error: CliError, asJson: boolean): void {
    if (asJson) return this.note(JSON.stringify({ error: error.message, code: error.code, ...detailsOf(error) }));
    const name = paint(this.stderr, 'red', 'llm-proxy:');
    for (const line of error.sentence.split('\n')) this.note(`${name} ${printable(line)}`);
  }
}

/** Colours for a terminal that has them. Node reads NO_COLOR and FORCE_COLOR. */
const paint = (stream: Output, style: Style, text: string): string => styleText(style, text, { stream });

const detailsOf = (error: CliError): object => ({
  ...(error instanceof ServerRefusal && error.details.length > 0 && { details: error.details }),
  ...(error.hint && { hint: error.hint }),
});
