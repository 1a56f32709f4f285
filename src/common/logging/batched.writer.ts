const BATCH_BYTES = 32 * 1024;
const FLUSH_AFTER_MS = 100;
/** What UTF-8 needs at most for a unit of a JavaScript string. */
const MAX_BYTES_A_UNIT = 3;

/** What lines are written to in the end, as a SonicBoom (pino's output): the bytes are its to keep. */
export interface ByteSink {
  write(bytes: Buffer): unknown;
  flush?(done: (error?: Error) => void): void;
  /** Returns when everything is with the system; throws when that cannot be. */
  flushSync?(): void;
}

/**
 * Collects log lines and hands them on together, as bytes: a hand-over, and measuring and encoding text a second time, is
 * most of what a line costs. Nothing waits longer than a tenth of a second, and nothing is lost when the logger is flushed;
 * pino does that by itself after a line of level fatal.
 */
export class BatchedWriter {
  private bytes: Buffer | undefined;
  private used = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sink: ByteSink) {}

  write(line: string): void {
    const atMost = line.length * MAX_BYTES_A_UNIT;
    if (atMost > BATCH_BYTES - this.used) this.handOver();
    if (atMost > BATCH_BYTES) return void this.sink.write(Buffer.from(line));
    this.bytes ??= Buffer.allocUnsafeSlow(BATCH_BYTES);
    this.used += this.bytes.write(line, this.used);
    // Not unref'd: a process that ends by itself still writes its last lines.
    this.timer ??= setTimeout(() => this.handOver(), FLUSH_AFTER_MS);
  }

  flush(done: (error?: Error) => void = () => undefined): void {
    this.handOver();
    if (this.sink.flush) this.sink.flush(done);
    else done();
  }

  /** Before the process ends without another turn. */
  flushSync(): void {
    this.handOver();
    this.sink.flushSync?.();
  }

  private handOver(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.used === 0) return;
    const lines = this.taken();
    this.used = 0;
    this.sink.write(lines);
  }

  /** A few lines as a copy: the sink bounds what it keeps by its length, and would keep the whole piece of memory for them. */
  private taken(): Buffer {
    const bytes = this.bytes!;
    if (this.used * 2 < BATCH_BYTES) {
      const copy = Buffer.allocUnsafeSlow(this.used);
      bytes.copy(copy);
      return copy;
    }
    this.bytes = undefined;
    return bytes.subarray(0, this.used);
  }
}
