import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileSettings } from '../../config/values/dispatcher.config.js';
import { wholeLinesBytes } from './torn.line.js';

const MODE = 0o600;
/** For reads too: a torn line is found by reading. */
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  /** Bytes of whole lines that are on the disk. */
  size: number;
  /** The day in UTC of the last line. */
  day: string;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * A file of lines that is synchronised after every append, and rotated by size and by UTC day: `x`, `x.1` (the newest), `x.2` …
 * Calls must not overlap.
 */
export class RotatingFile {
  private current: OpenFile | undefined;

  constructor(
    private readonly settings: FileSettings,
    private readonly now: () => number = Date.now,
  ) {}

  /** Rejects with the error of the file system. Then no part of the text is in the file. */
  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const file = await this.fileFor(bytes.length);
    try {
      await this.write(file.handle, bytes);
    } catch (error) {
      await this.undo(file);
      throw error;
    }
    file.size += bytes.length;
    file.day = dayOf(this.now());
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.handle.close();
  }

  protected async write(handle: FileHandle, bytes: Buffer): Promise<void> {
    await handle.appendFile(bytes);
    await handle.datasync();
  }

  /** Cuts off what a failed append has written. The next open repairs the file when this fails too. */
  private async undo({ handle, size }: OpenFile): Promise<void> {
    await handle.truncate(size).catch(() => undefined);
    await this.close().catch(() => undefined);
  }

  private async fileFor(bytes: number): Promise<OpenFile> {
    const file = await this.ensureOpen();
    const { maxBytes, maxFiles } = this.settings;
    const isFull = maxBytes > 0 && file.size + bytes > maxBytes;
    if (file.size === 0 || !(isFull || file.day !== dayOf(this.now()))) return file;
    await this.close();
    await this.shift(maxFiles);
    return this.ensureOpen();
  }

  /** Opens the file again when another program has moved it, or another process has written to it. */
  private async ensureOpen(): Promise<OpenFile> {
    const { current } = this;
    if (current && (await this.isStill(current))) return current;
    await this.close();
    this.current = await this.open();
    return this.current;
  }

  private async isStill({ inode, size }: OpenFile): Promise<boolean> {
    const found = await stat(this.settings.path).catch(() => undefined);
    return found !== undefined && found.ino === inode && found.size === size;
  }

  private async open(): Promise<OpenFile> {
    const handle = await open(this.settings.path, FLAGS, MODE);
    try {
      const { ino, size: found, mtimeMs } = await handle.stat();
      const size = await wholeLinesBytes(handle, found);
      if (size < found) await handle.truncate(size);
      if (found === 0) await this.syncFolder();
      return { handle, inode: ino, size, day: dayOf(mtimeMs) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Renames `x` to `x.1`, `x.1` to `x.2` and so on. At most `maxFiles` stay, the current one included. */
  private async shift(maxFiles: number): Promise<void> {
    const { path } = this.settings;
    const nameOf = (at: number): string => (at === 0 ? path : `${path}.${at}`);
    await rm(nameOf(maxFiles - 1), { force: true });
    for (let at = maxFiles - 2; at >= 0; at -= 1)
      await rename(nameOf(at), nameOf(at + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
  }

  /** A new name survives a loss of power only with its folder. Windows cannot open folders, and needs no such call. */
  private async syncFolder(): Promise<void> {
    const folder = await open(dirname(this.settings.path), 'r').catch(() => undefined);
    await folder?.sync().catch(() => undefined);
    await folder?.close();
  }
}
