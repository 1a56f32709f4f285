import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log.file.js';

describe(LogFile.name, () => {
  let folder: string;
  let path: string;
  let reports: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-log-'));
    path = join(folder, 'logs', 'x.log');
    reports = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (maxBytes = 0, maxFiles = 5, where = path): LogFile =>
    new LogFile({ path: where, maxBytes, maxFiles }, (message) => reports.push(message));
  const flushed = async (file: LogFile): Promise<void> => new Promise((resolve) => file.flush(resolve));
  const text = (suffix = ''): string => readFileSync(path + suffix, 'utf8');
  const names = (): string[] => readdirSync(join(folder, 'logs')).toSorted();

  it('creates the file and its folder for its owner alone, and appends', async () => {
    for (const line of ['a\n', 'b\n']) {
      const file = open();
      file.write(Buffer.from(line));
      await flushed(file);
    }
    expect(text()).toBe('a\nb\n');
    expect([statSync(path).mode & 0o777, statSync(join(folder, 'logs')).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('rotates before a write that would exceed the size, and keeps the number of files', async () => {
    const file = open(8, 3);
    for (let number = 0; number < 9; number += 1) file.write(Buffer.from(`${number}..\n`));
    await flushed(file);
    expect(names()).toEqual(['x.log', 'x.log.1', 'x.log.2']);
    expect([text(), text('.1'), text('.2')]).toEqual(['8..\n', '6..\n7..\n', '4..\n5..\n']);
  });

  it('keeps no old file with one file, and deletes those of a larger number', async () => {
    mkdirSync(join(folder, 'logs'));
    for (const suffix of ['.1', '.7', '.gz', '.lock.1']) writeFileSync(path + suffix, 'old');
    const file = open(4, 1);
    for (const line of ['a..\n', 'b..\n']) file.write(Buffer.from(line));
    await flushed(file);
    expect(names()).toEqual(['x.log', 'x.log.gz', 'x.log.lock.1']);
    expect(text()).toBe('b..\n');
  });

  it('writes a piece that is larger than the size into one file', async () => {
    const file = open(4, 3);
    for (const line of ['longer than that\n', 'b\n']) file.write(Buffer.from(line));
    await flushed(file);
    expect([text('.1'), text()]).toEqual(['longer than that\n', 'b\n']);
  });

  it('loses and divides no line of several writers', async () => {
    const files = [1, 2, 3].map(() => open(2000, 999));
    const written: string[] = [];
    for (let number = 0; number < 500; number += 1) {
      for (const [writer, file] of files.entries()) {
        const line = `${writer} ${number} ${'x'.repeat(number % 50)}\n`;
        written.push(line);
        file.write(Buffer.from(line));
      }
      if (number % 100 === 99) await Promise.all(files.map(async (file) => flushed(file)));
    }
    expect(names().length).toBeGreaterThan(10);
    const lines = names().flatMap((name) => readFileSync(join(folder, 'logs', name), 'utf8').split(/(?<=\n)/));
    expect(lines.toSorted()).toEqual(written.toSorted());
    expect(reports).toEqual([]);
  });

  it('opens a file again that was renamed, or on request', async () => {
    const file = open();
    file.write(Buffer.from('a\n'));
    await flushed(file);
    renameSync(path, `${path}.old`);
    file.write(Buffer.from('b\n'));
    await flushed(file);
    file.reopen();
    file.write(Buffer.from('c\n'));
    await flushed(file);
    expect([text('.old'), text()]).toEqual(['a\n', 'b\nc\n']);
  });

  it('creates a folder again that was removed', async () => {
    const file = open();
    rmSync(join(folder, 'logs'), { recursive: true });
    file.write(Buffer.from('a\n'));
    await flushed(file);
    expect([text(), reports]).toEqual(['a\n', []]);
  });

  it('keeps lines while the file cannot be written, and says so once', async () => {
    const file = open();
    rmSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs'), 'not a folder');
    for (const line of ['a\n', 'b\n']) {
      file.write(Buffer.from(line));
      await flushed(file);
    }
    expect(reports).toEqual([expect.stringMatching(/x\.log cannot be written \((?:ENOTDIR|EEXIST)\)/)]);
    rmSync(join(folder, 'logs'));
    await flushed(file);
    expect([text(), reports[1]]).toEqual(['a\nb\n', `the log file ${path} can be written again`]);
  });

  it('drops lines beyond its bound, and says how many', async () => {
    const file = open();
    rmSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs'), 'not a folder');
    const piece = Buffer.from(`${'x'.repeat(511)}\n`.repeat(2048));
    for (let number = 0; number < 10; number += 1) file.write(piece);
    await flushed(file);
    rmSync(join(folder, 'logs'));
    await flushed(file);
    expect(statSync(path).size).toBe(8 * 1024 * 1024);
    expect(reports[1]).toBe(`the log file ${path} can be written again; 4096 lines are lost`);
  });

  it.skipIf(process.platform !== 'linux')('survives a full disk', async () => {
    const file = open(0, 5, '/dev/full');
    file.write(Buffer.from('a\n'));
    await flushed(file);
    file.write(Buffer.from('b\n'));
    await flushed(file);
    file.flushSync();
    expect(reports).toEqual([expect.stringContaining('(ENOSPC)')]);
  });

  it('writes what waits at the end of the process', () => {
    const file = open();
    for (const line of ['a\n', 'b\n']) file.write(Buffer.from(line));
    file.flushSync();
    expect(text()).toBe('a\nb\n');
  });

  it('does not wait for a lock, and removes that of a process that has died', async () => {
    const file = open(4, 3);
    writeFileSync(`${path}.lock`, '');
    for (const line of ['a..\n', 'b..\n']) file.write(Buffer.from(line));
    await flushed(file);
    expect(text()).toBe('a..\nb..\n');
    utimesSync(`${path}.lock`, 0, 0);
    for (const line of ['c..\n', 'd..\n']) file.write(Buffer.from(line));
    await flushed(file);
    expect([text(), text('.1'), names()]).toEqual(['d..\n', 'a..\nb..\nc..\n', ['x.log', 'x.log.1']]);
  });
});
