import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/llm-proxy');

const copy = (from: string, to: string): Promise<unknown> => promisify(execFile)('cp', ['-Rp', from, to]);

/** The files of an empty database server, kept from one run to the next: to copy them takes a tenth of making them. */
export class ServerTemplate {
  private readonly kept: string;

  /** What the files depend on: the server and how they are made. */
  constructor(server: string, recipe: readonly string[]) {
    // Not its path, which is a new one every time where npm's programs have to be copied.
    const { size, mtimeMs } = statSync(server);
    // Files keep their owner, and a server refuses those of another.
    const parts = [basename(server), size, mtimeMs, process.getuid?.(), ...recipe];
    this.kept = join(CACHE, createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16));
  }

  /** Fills a folder that does not exist yet. */
  async fill(folder: string, make: () => Promise<void>): Promise<void> {
    if (existsSync(this.kept)) {
      await copy(this.kept, folder);
    } else {
      await make();
      await this.keep(folder);
    }
  }

  /** Whole or not at all, as others may do the same at this moment. Where it cannot be kept, it is made every time. */
  private async keep(folder: string): Promise<void> {
    let work: string | undefined;
    try {
      mkdirSync(CACHE, { recursive: true });
      work = mkdtempSync(join(CACHE, 'making-'));
      await copy(folder, join(work, 'data'));
      renameSync(join(work, 'data'), this.kept);
    } catch {
      // Another was faster, or the folder is read-only.
    } finally {
      if (work !== undefined) rmSync(work, { recursive: true, force: true });
    }
  }
}
