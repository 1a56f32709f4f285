import { closeSync, fstatSync, openSync, write, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { ByteSink } from './batched.writer.js';
import { makeFolder } from '../values/make.folder.js';
import { rotate } from './log.rotation.js';

/** Where a log goes. `maxBytes` 0 = no rotation; `maxFiles` includes the current file. */
export interface LogFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** The most bytes that wait while the file cannot be written. Further lines are dropped. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_MS = 1000;

const writeTo = promisify(write);

/**
 * A log file that several processes may write. Each piece is whole lines and is appended in one write, which the system
 * does not mix with another (open(2), O_APPEND). The file is looked at before each write: one that was renamed or removed,
 * by another process or by a tool, is opened again, so a rotation needs no agreement.
 */
export class LogFile implements ByteSink {
  private descriptor: number;
  private inode: number;
  private readonly pieces: Buffer[] = [];
  private waitingBytes = 0;
  /** How much of the first piece is written. */
  private written = 0;
  private isWriting = false;
  private isRunning = false;
  private mustReopen = false;
  private isFailing = false;
  private droppedLines = 0;
  private readonly flushed: (() => void)[] = [];
  private retry: NodeJS.Timeout | undefined;

  /** Creates the file and its folder. Throws the error of the system. */
  constructor(
    private readonly options: LogFileOptions,
    private readonly report: (message: string) => void = (message) =>
      void process.stderr.write(`llm-proxy: ${message}\n`),
  ) {
    [this.descriptor, this.inode] = opened(options.path);
  }

  write(bytes: Buffer): void {
    if (this.waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.droppedLines += bytes.toString('latin1').split('\n').length - 1;
      return;
    }
    this.pieces.push(bytes);
    this.waitingBytes += bytes.length;
    if (!this.retry) void this.run();
  }

  /** Opens the path again before the next write. */
  reopen(): void {
    this.mustReopen = true;
  }

  /** Calls back when everything is written, or cannot be written now. */
  flush(done: () => void): void {
    this.flushed.push(done);
    void this.run();
  }

  /** For the end of the process. What is being written will be: the system finishes writes that have begun. */
  flushSync(): void {
    const pieces = this.isWriting ? this.pieces.slice(1) : this.pieces;
    try {
      for (const [at, piece] of pieces.entries())
        writeSync(this.descriptor, piece, at === 0 && !this.isWriting ? this.written : 0);
    } catch (error) {
      this.failed(error);
    }
    this.pieces.length = 0;
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    clearTimeout(this.retry);
    this.retry = undefined;
    try {
      while (this.pieces.length > 0) await this.writeFirst();
      if (this.isFailing) this.recovered();
    } catch (error) {
      this.failed(error);
      this.retry = setTimeout(() => void this.run(), RETRY_AFTER_MS).unref();
    }
    this.isRunning = false;
    for (const done of this.flushed.splice(0)) done();
  }

  private async writeFirst(): Promise<void> {
    const piece = this.pieces[0]!;
    // The rest of a piece belongs behind its beginning.
    if (this.written === 0) await this.prepare(piece.length);
    this.isWriting = true;
    try {
      this.written += (await writeTo(this.descriptor, piece, this.written)).bytesWritten;
    } finally {
      this.isWriting = false;
    }
    if (this.written < piece.length) return;
    this.pieces.shift();
    this.written = 0;
    this.waitingBytes -= piece.length;
  }

  private async prepare(bytes: number): Promise<void> {
    const { path, maxBytes, maxFiles } = this.options;
    const isDue = async (): Promise<boolean> => {
      const current = await stat(path).catch(() => undefined);
      return current?.ino === this.inode && maxBytes > 0 && current.size > 0 && current.size + bytes > maxBytes;
    };
    if (await isDue()) await rotate(path, maxFiles, isDue);
    const current = await stat(path).catch(() => undefined);
    if (this.mustReopen || current?.ino !== this.inode) this.open();
  }

  private open(): void {
    const [descriptor, inode] = opened(this.options.path);
    closeSync(this.descriptor);
    [this.descriptor, this.inode] = [descriptor, inode];
    this.mustReopen = false;
  }

  private failed(error: unknown): void {
    if (this.isFailing) return;
    this.isFailing = true;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    this.report(`the log file ${this.options.path} cannot be written (${code}); up to 8 MB of lines wait`);
  }

  private recovered(): void {
    this.isFailing = false;
    const lost = this.droppedLines > 0 ? `; ${this.droppedLines} lines are lost` : '';
    this.droppedLines = 0;
    this.report(`the log file ${this.options.path} can be written again${lost}`);
  }
}

function opened(path: string): [descriptor: number, inode: number] {
  makeFolder(dirname(path));
  const descriptor = openSync(path, 'a', 0o600);
  return [descriptor, fstatSync(descriptor).ino];
}
