import type { DestinationStream } from 'pino';

const MAX_CHARACTERS = 32 * 1024;
const FLUSH_AFTER_MS = 100;

/** What lines are written to in the end; `flush` calls back when everything is with the system. */
export interface LineSink extends DestinationStream {
  flush?(done: (error?: Error) => void): void;
}

/**
 * Collects log lines and hands them on together: each hand-over measures and copies its text, which is most of what a line
 * costs. Nothing waits longer than a tenth of a second, and nothing is lost when the logger is flushed.
 */
export class LineBatch implements LineSink {
  private pending = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sink: LineSink) {}

  write(line: string): void {
    this.pending += line;
    if (this.pending.length > MAX_CHARACTERS) this.handOver();
    // Not unref'd: a process that ends by itself still writes its last lines.
    else this.timer ??= setTimeout(() => this.handOver(), FLUSH_AFTER_MS);
  }

  flush(done: (error?: Error) => void = () => undefined): void {
    this.handOver();
    if (this.sink.flush) this.sink.flush(done);
    else done();
  }

  private handOver(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending === '') return;
    const lines = this.pending;
    this.pending = '';
    this.sink.write(lines);
  }
}
