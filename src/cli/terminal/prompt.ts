import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { interruption } from './cli.error.js';
import { Terminal } from './terminal.js';

const discard = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

type Waiter = { resolve: (line: string | undefined) => void; reject: (error: Error) => void };

/** Reads standard input line by line, from a terminal or a pipe. Questions go to stderr, so stdout has results only. */
@Injectable()
export class Prompt implements OnModuleDestroy {
  private reader: Interface | undefined;
  private waiter: Waiter | undefined;
  private ended = false;
  // Piped lines arrive all at once, before their questions.
  private readonly lines: string[] = [];

  constructor(private readonly terminal: Terminal) {}

  /** Asks a question and resolves with the next line; undefined when the input has ended. A hidden line is not echoed. */
  async ask(question: string, { hidden = false } = {}): Promise<string | undefined> {
    const typed = this.terminal.interactive;
    if (!typed || hidden) this.terminal.stderr.write(question);
    const line = await this.next(typed && !hidden ? question : '', hidden);
    if (!typed || hidden) this.terminal.stderr.write('\n');
    return line;
  }

  /** The next line without a question. */
  async line(): Promise<string | undefined> {
    return this.next('', true);
  }

  onModuleDestroy(): void {
    this.reader?.close();
  }

  private async next(question: string, hidden: boolean): Promise<string | undefined> {
    if (this.lines.length > 0 || this.ended) return this.lines.shift();
    const reader = (this.reader ??= this.open(hidden));
    const line = new Promise<string | undefined>((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
    if (this.terminal.interactive) {
      reader.setPrompt(question);
      reader.prompt();
    }
    // Between questions the terminal is released, so that Ctrl-C ends the program as usual.
    return line.finally(() => this.terminal.interactive && reader.close());
  }

  private open(hidden: boolean): Interface {
    const { stdin, stderr, interactive } = this.terminal;
    const reader = createInterface({
      input: stdin,
      output: hidden ? discard() : stderr,
      terminal: interactive,
      historySize: 0,
    });
    reader.on('line', (line) => this.deliver(line));
    reader.on('SIGINT', () => this.interrupt());
    reader.on('close', () => this.closed());
    return reader;
  }

  private deliver(line: string): void {
    if (this.waiter) this.waiter.resolve(line);
    else this.lines.push(line);
    this.waiter = undefined;
  }

  private interrupt(): void {
    this.terminal.stderr.write('\n');
    this.waiter?.reject(interruption());
    this.waiter = undefined;
  }

  /** At a terminal Ctrl-D means the same as Ctrl-C. The end of a pipe means there are no more answers. */
  private closed(): void {
    this.reader = undefined;
    if (this.terminal.interactive) return this.waiter && this.interrupt();
    this.ended = true;
    this.waiter?.resolve(undefined);
    this.waiter = undefined;
  }
}
