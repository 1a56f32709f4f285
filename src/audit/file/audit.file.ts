import { open, type FileHandle, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rotate } from '../../common/logging/log.rotation.js';
import { makeFolder } from '../../common/values/make.folder.js';
import { lockPath, type PathLock } from '../../database/sqlite/path.lock.js';
import { endLastLine, lastPosition, type Position, readSidecar, removeSidecar, writeSidecar } from './file.position.js';

/** `maxBytes` 0 = no rotation; `maxFiles` includes the current file. */
export interface AuditFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** One line of the file, and how far the file is written with it. */
export interface PlacedLine {
  /** Without the line feed. */
  readonly line: string;
  readonly position: Position;
}

/**
 * A file with rows of the audit log, one line each, which one process at a time writes. A line is whole or absent. The file
 * is looked at before each write: one that was renamed or removed is begun anew. `look` says whether it is another one, or
 * shorter than it was written.
 */
export class AuditFile {
  private lock: PathLock | undefined;
  private file: FileHandle | undefined;
  private inode: number | undefined;
  /** Bytes of the file after the last write. */
  private size = 0;
  private mustReopen = false;
  private hasEnded = false;

  constructor(private readonly options: AuditFileOptions) {}

  get path(): string {
    return this.options.path;
  }

  /** Whether this process writes the file. Throws the error of the system when the file cannot be locked at all. */
  takeLock(): boolean {
    if (this.lock && !this.lock.isValid) this.releaseLock();
    if (!this.lock) {
      makeFolder(dirname(this.path));
      this.lock = lockPath(`${this.path}.writer`);
    }
    return this.lock !== undefined;
  }

  /**
   * Where the file ends; without a line of its own, where it ended by the note beside it and by its predecessor. A torn last
   * line is cut off before.
   */
  async positions(): Promise<{ readonly own: Position | undefined; readonly earlier: readonly Position[] }> {
    await this.prepare();
    const own = await lastPosition(this.path);
    const earlier = own ? [] : [await readSidecar(this.path), await lastPosition(`${this.path}.1`)];
    return { own, earlier: earlier.filter((position) => position !== undefined) };
  }

  /**
   * What another program did to the open file: `cut` it, or put one with lines in its place. It is closed then, and `positions`
   * knows where it ends. The note beside a file that was cut is removed: the lines that it tells of are gone.
   */
  async look(): Promise<'cut' | 'replaced' | undefined> {
    if (!this.file) return undefined;
    const found = await stat(this.path).catch(() => undefined);
    const isSame = found?.ino === this.inode;
    // A missing file, or an empty one in its place, is what rotation leaves.
    if (!found || (isSame ? found.size >= this.size : found.size === 0)) return undefined;
    await this.closeFile();
    if (!isSame) return 'replaced';
    await removeSidecar(this.path);
    return 'cut';
  }

  /** Appends the lines in their order. After an error it is unknown how many are there: `positions` knows. */
  async append(lines: readonly PlacedLine[]): Promise<void> {
    let rest = lines;
    while (rest.length > 0) {
      const size = await this.prepare(Buffer.byteLength(rest[0]!.line) + 1);
      const piece = this.fitting(rest, size);
      await this.file!.appendFile(piece.map(({ line }) => `${line}\n`).join(''));
      await this.file!.datasync();
      this.size = (await this.file!.stat()).size;
      await writeSidecar(this.path, piece.at(-1)!.position);
      rest = rest.slice(piece.length);
    }
  }

  /** Opens the path again before the next write. */
  reopen(): void {
    this.mustReopen = true;
  }

  /** No further write begins: `positions` and `append` throw, the latter between two pieces. */
  end(): void {
    this.hasEnded = true;
  }

  /** Closes the file, and keeps the lock. */
  async closeFile(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close().catch(() => undefined);
  }

  releaseLock(): void {
    this.lock?.release();
    this.lock = undefined;
  }

  /** The lines that the file has room for, at least one. */
  private fitting(lines: readonly PlacedLine[], size: number): readonly PlacedLine[] {
    const { maxBytes } = this.options;
    if (maxBytes === 0) return lines;
    let end = size;
    const first = lines.findIndex(({ line }) => (end += Buffer.byteLength(line) + 1) > maxBytes);
    return first === -1 ? lines : lines.slice(0, Math.max(first, 1));
  }

  /** Opens the file, with room for `bytes`; its size. */
  private async prepare(bytes = 0): Promise<number> {
    const { path, maxBytes, maxFiles } = this.options;
    if (this.hasEnded) throw new Error('the server stops');
    const isDue = async (): Promise<boolean> => {
      const size = await sizeOf(path);
      return bytes > 0 && maxBytes > 0 && size > 0 && size + bytes > maxBytes;
    };
    if (await isDue()) await rotate(path, maxFiles, isDue);
    const current = await stat(path).catch(() => undefined);
    if (!this.file || this.mustReopen || current?.ino !== this.inode) await this.open();
    return (await this.file!.stat()).size;
  }

  private async open(): Promise<void> {
    await this.closeFile();
    makeFolder(dirname(this.path));
    const file = await open(this.path, 'a+', 0o600);
    this.file = file;
    const found = await file.stat();
    if (!found.isFile()) throw Object.assign(new Error('it is not a file'), { code: 'EINVAL' });
    this.inode = found.ino;
    this.mustReopen = false;
    await endLastLine(file);
    this.size = (await file.stat()).size;
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
