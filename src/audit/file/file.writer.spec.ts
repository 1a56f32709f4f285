import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { appendFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chain, MemoryTail } from '../../../test/support/memory.tail.js';
import { AuditFile, type PlacedLine } from './audit.file.js';
import type { TailRow } from './audit.tail.js';
import { filesOf } from './file.position.js';
import { FileWriter } from './file.writer.js';

/** Writes a part of what it is given, and fails, once. */
class TearingFile extends AuditFile {
  tear: number | undefined;

  override async append(lines: readonly PlacedLine[]): Promise<void> {
    if (this.tear === undefined) return super.append(lines);
    const text = lines.map(({ line }) => `${line}\n`).join('');
    appendFileSync(this.path, text.slice(0, this.tear));
    this.tear = undefined;
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  }
}

describe(FileWriter.name, () => {
  let folder: string;
  let path: string;
  let tail: MemoryTail;
  let notes: unknown[];
  const open: AuditFile[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-audit-'));
    path = join(folder, 'logs', 'audit.log');
    tail = new MemoryTail();
    notes = [];
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function stop(): Promise<void> {
    for (const file of open.splice(0)) {
      await file.closeFile();
      file.releaseLock();
    }
  }

  function start<F extends AuditFile = AuditFile>(file: F = new AuditFile({ path, maxBytes: 0, maxFiles: 9 }) as F) {
    open.push(file);
    expect(file.takeLock()).toBe(true);
    const writer = new FileWriter(file, tail, (note, fields) => notes.push([note, fields]));
    const copyAll = async (): Promise<void> => {
      while ((await writer.copy()) > 0);
    };
    return { file, writer, copyAll };
  }
  /** As a process that ends and starts again. */
  async function restarted() {
    await stop();
    return start();
  }

  const text = (suffix = ''): string => readFileSync(path + suffix, 'utf8');
  const lines = async (): Promise<string[]> =>
    (await filesOf(path))
      .toReversed()
      .filter((name) => existsSync(name))
      .flatMap((name) => readFileSync(name, 'utf8').split('\n').slice(0, -1));
  const hashes = async (): Promise<unknown[]> =>
    (await lines()).map((line) => {
      const { hash, pruned_to: pruned } = JSON.parse(line) as Record<string, unknown>;
      return hash ?? pruned;
    });
  const hashesOf = (rows: readonly TailRow[]): string[] => rows.map(({ hash }) => hash);

  it('writes each row once, in order, into a file for its owner alone', async () => {
    tail.rows = chain(1, 1203);
    const { writer, copyAll } = start();
    expect(await writer.lag()).toBe(1203);
    await copyAll();
    tail.rows.push(...chain(1204, 1205));
    await copyAll();
    expect(text()).toBe(tail.rows.map(({ line }) => `${line}\n`).join(''));
    expect([statSync(path).mode & 0o777, statSync(join(folder, 'logs')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect([await writer.lag(), notes]).toEqual([0, []]);
  });

  it.each([9, 30])(
    'fills in what another program cuts off while it runs, with files of up to %i lines',
    async (size) => {
      tail.rows = chain(1, 12);
      const { copyAll } = start(new AuditFile({ path, maxBytes: size * 23, maxFiles: 9 }));
      await copyAll();
      const whole = text();
      for (let kept = 0; kept < whole.length; kept += 7) {
        truncateSync(path, kept);
        await copyAll();
        expect(text()).toBe(whole);
        expect(notes.splice(0)).toEqual([['cut', { file_seq: expect.any(Number), written_seq: 12 }]]);
      }
      expect(await hashes()).toEqual(hashesOf(tail.rows));
      // Nothing is left of it when the process ends in between.
      truncateSync(path, 30);
      await stop();
      tail.rows.push(...chain(13, 13));
      await start().copyAll();
      expect(await hashes()).toEqual(hashesOf(tail.rows));
    },
  );

  it('fills in what a shorter file in its place lacks', async () => {
    tail.rows = chain(1, 12);
    const { copyAll } = start();
    await copyAll();
    const whole = text();
    const first = whole.indexOf('\n') + 1;
    for (let kept = first; kept < whole.length; kept += 7) {
      writeFileSync(`${path}.new`, whole.slice(0, kept));
      renameSync(`${path}.new`, path);
      await copyAll();
      expect(text()).toBe(whole);
    }
  });

  it('begins with the lowest row, whatever number it has', async () => {
    tail.rows = [...chain(-3, -2, 'x'), ...chain(0, 0, 'x'), ...chain(1, 2)];
    await start().copyAll();
    await (await restarted()).copyAll();
    expect(await hashes()).toEqual(hashesOf(tail.rows));
    tail.rows = tail.rows.slice(0, 3);
    await start(new AuditFile({ path: `${path}-2`, maxBytes: 0, maxFiles: 9 })).copyAll();
    expect(text('-2').split('\n')).toHaveLength(4);
  });

  it('goes on where the file ends, wherever it was cut', async () => {
    tail.rows = chain(1, 12);
    await start().copyAll();
    const whole = text();
    for (let size = 0; size <= whole.length; size += 7) {
      await stop();
      writeFileSync(path, whole.slice(0, size));
      rmSync(`${path}.position`);
      await start().copyAll();
      expect(text()).toBe(whole);
    }
    expect(notes).toEqual([]);
  });

  it.each([0, 1, 25, 26, 80])('repeats no row after a write that ended at byte %i', async (bytes) => {
    tail.rows = chain(1, 9);
    const { file, writer, copyAll } = start(new TearingFile({ path, maxBytes: 0, maxFiles: 9 }));
    await copyAll();
    tail.rows.push(...chain(10, 15));
    file.tear = bytes;
    await expect(writer.copy()).rejects.toThrow('no space');
    await copyAll();
    expect(await hashes()).toEqual(hashesOf(tail.rows));
  });

  it('rotates at any line, and knows after a restart where it was', async () => {
    for (let rows = 1; rows <= 12; rows += 1) {
      tail.rows = chain(1, rows);
      await stop();
      const options = { path, maxBytes: rows % 2 ? 30 : 60, maxFiles: 50 };
      await start(new AuditFile(options)).copyAll();
      if (rows % 3 === 0) renameSync(path, `${path}.99`);
      else continue;
      await stop();
      await start(new AuditFile(options)).copyAll();
      expect(existsSync(path) && text()).toBe('');
      renameSync(`${path}.99`, path);
    }
    expect(await hashes()).toEqual(hashesOf(tail.rows));
    expect((await filesOf(path)).length).toBeGreaterThan(5);
  });

  it('begins a new file when a tool has renamed or removed it, while it runs and before it starts', async () => {
    tail.rows = chain(1, 4);
    const first = start();
    await first.copyAll();
    renameSync(path, `${path}-1`);
    tail.rows.push(...chain(5, 6));
    await first.copyAll();
    rmSync(join(folder, 'logs'), { recursive: true });
    tail.rows.push(...chain(7, 8));
    expect(first.file.takeLock()).toBe(true);
    await first.copyAll();
    expect(await hashes()).toEqual(['a7', 'a8']);
    await stop();
    renameSync(path, `${path}-2`);
    tail.rows.push(...chain(9, 9));
    await start().copyAll();
    expect(await hashes()).toEqual(['a9']);
  });

  it('goes on behind a predecessor that is newer than the note', async () => {
    tail.rows = chain(1, 4);
    await start().copyAll();
    writeFileSync(`${path}.position`, '{"seq":2,"hash":"a2"}');
    await stop();
    renameSync(path, `${path}.1`);
    tail.rows.push(...chain(5, 5));
    await start().copyAll();
    expect(await hashes()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  });

  it('goes on behind the last common row of a database that was restored, and leaves what is written', async () => {
    tail.rows = chain(1, 700);
    const first = start();
    await first.copyAll();
    // The table went back while the process runs, and went on differently.
    tail.rows = [...chain(1, 600), ...chain(601, 650, 'b', 'a600')];
    await first.copyAll();
    const written = [...hashesOf(chain(1, 700)), ...hashesOf(chain(601, 650, 'b'))];
    expect(await hashes()).toEqual(written);
    expect(notes).toEqual([['other_history', { file_seq: 700, continues_after_seq: 600 }]]);
    await (await restarted()).copyAll();
    expect([(await hashes()).length, notes.length]).toEqual([written.length, 1]);
    // The same while no process runs.
    await stop();
    tail.rows = [...chain(1, 500), ...chain(501, 900, 'c', 'a500')];
    await start().copyAll();
    expect(await hashes()).toEqual([...written, ...hashesOf(chain(501, 900, 'c'))]);
    expect(notes.at(-1)).toEqual(['other_history', { file_seq: 650, continues_after_seq: 500 }]);
  });

  it('begins with the oldest row of another database', async () => {
    tail.rows = chain(1, 3);
    await start().copyAll();
    await stop();
    tail.rows = chain(1, 2, 'z');
    await start().copyAll();
    expect(await hashes()).toEqual(['a1', 'a2', 'a3', 'z1', 'z2']);
  });

  it('says which rows were pruned before they were written', async () => {
    tail.rows = chain(4, 6);
    await start().copyAll();
    await stop();
    tail.rows = chain(7, 8);
    await start().copyAll();
    await stop();
    tail.rows = chain(12, 14);
    await start().copyAll();
    await (await restarted()).copyAll();
    expect(await hashes()).toEqual(['a4', 'a5', 'a6', 'a7', 'a8', 11, 'a12', 'a13', 'a14']);
    expect(notes).toEqual([['pruned', { from_seq: 9, to_seq: 11 }]]);
  });

  it('writes no row twice when the newest written one was deleted from the table', async () => {
    tail.rows = chain(1, 9);
    const first = start();
    await first.copyAll();
    tail.rows = [...tail.rows.slice(0, 8), ...chain(10, 11)];
    await first.copyAll();
    expect(await hashes()).toEqual(hashesOf(chain(1, 11)));
  });

  it('leaves what is not its own', async () => {
    const { file } = start();
    writeFileSync(path, 'a line\nand the beginning of one');
    tail.rows = chain(1, 1);
    await file.closeFile();
    await start(file).copyAll();
    expect(text()).toBe('a line\nand the beginning of one\n{"seq":1,"hash":"a1"}\n');
  });

  it('finds a long last line', async () => {
    tail.rows = chain(1, 3).map((row) => ({ ...row, line: JSON.stringify({ ...row, x: 'é'.repeat(400_000) }) }));
    await start().copyAll();
    const whole = text();
    truncateSync(path, Buffer.byteLength(whole) - 5);
    await (await restarted()).copyAll();
    expect(text() === whole).toBe(true);
  });

  it('is written by one at a time; the next takes over', async () => {
    tail.rows = chain(1, 2);
    const { file, copyAll } = start();
    const other = new AuditFile({ path, maxBytes: 0, maxFiles: 9 });
    expect(other.takeLock()).toBe(false);
    await copyAll();
    await file.closeFile();
    file.releaseLock();
    tail.rows.push(...chain(3, 3));
    await start(other).copyAll();
    expect(await hashes()).toEqual(['a1', 'a2', 'a3']);
  });

  it('begins no further write after its end', async () => {
    const file = new AuditFile({ path, maxBytes: 30, maxFiles: 9 });
    const { writer } = start(file);
    tail.rows = chain(1, 4);
    await writer.copy();
    const placed = chain(5, 8).map(({ seq, hash, line }) => ({ line, position: { seq, hash } }));
    const appending = file.append(placed);
    file.end();
    await expect(appending).rejects.toThrow('the server stops');
    await expect(file.positions()).rejects.toThrow('the server stops');
    expect(await hashes()).toEqual(hashesOf(chain(1, 5)));
  });

  it('refuses what is not a file, and a folder that it may not write', async () => {
    const device = start(new AuditFile({ path: join(folder, 'x'), maxBytes: 0, maxFiles: 9 }));
    rmSync(join(folder, 'x'), { force: true, recursive: true });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(folder, 'x'));
    await expect(device.writer.copy()).rejects.toThrow('EISDIR');
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    expect(() => new AuditFile({ path: join(folder, 'new', 'x'), maxBytes: 0, maxFiles: 9 }).takeLock()).toThrow();
  });
});
