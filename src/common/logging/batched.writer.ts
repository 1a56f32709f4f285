const BATCH_BYTES = 32 * 1024;
const FLUSH_AFTER_MS = 100;
/** The most bytes that one UTF-16 code unit takes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** The output of the writer, such as pino's SonicBoom. It may keep the buffers it is given. */
export interface ByteSink {
  write(bytes: Buffer): unknown;
  flush?(done: (error?: Error) => void): void;
  /** Returns when the operating system has all bytes; throws when a write fails. */
  flushSync?(): void;
}

/**
 * Collects log lines and writes them together as bytes, because each write to the sink costs more than formatting a line.
 * A line waits at most FLUSH_AFTER_MS. Flushing writes all lines; pino flushes after a line of level fatal.
 */
export class BatchedWriter {
  private bytes: Buffer | undefined;
  private used = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sink: ByteSink) {}

  write(line: string): void {
    const maxBytes = line.length * MAX_BYTES_PER_UNIT;
    if (maxBytes > BATCH_BYTES - this.used) this.writeBatch();
    if (maxBytes > BATCH_BYTES) return void this.sink.write(Buffer.from(line));
    this.bytes ??= Buffer.allocUnsafeSlow(BATCH_BYTES);
    this.used += this.bytes.write(line, this.used);
    // The timer keeps the process alive until its last lines are written.
    this.timer ??= setTimeout(() => this.writeBatch(), FLUSH_AFTER_MS);
  }

  flush(done: (error?: Error) => void = () => undefined): void {
    this.writeBatch();
    if (this.sink.flush) this.sink.flush(done);
    else done();
  }

  /** For the end of the process, when the event loop does not run any more. */
  flushSync(): void {
    this.writeBatch();
    this.sink.flushSync?.();
  }

  private writeBatch(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.used === 0) return;
    const lines = this.takeBytes();
    this.used = 0;
    this.sink.write(lines);
  }

  /** Copies a small batch: the sink limits its memory by the length of what it keeps, and a view would keep the whole buffer. */
  private takeBytes(): Buffer {
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
