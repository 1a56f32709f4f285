import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RotatingFile } from './rotating.file.js';

const DAY_MS = 86_400_000;

/** A file on a disk that is full after some bytes. */
class FullDisk extends RotatingFile {
  room = Infinity;

  protected override async write(handle: FileHandle, bytes: Buffer): Promise<void> {
    await super.write(handle, bytes.subarray(0, this.room));
    if (bytes.length > this.room) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  }
}

describe(RotatingFile.name, () => {
  let folder: string;
  let path: string;
  let now: number;
  const files: RotatingFile[] = [];
  const open = (maxBytes = 0, maxFiles = 3): FullDisk => {
    const file = new FullDisk({ path, maxBytes, maxFiles }, () => now);
    files.push(file);
    return file;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'events-'));
    path = join(folder, 'events.jsonl');
    now = Date.now();
  });
  afterEach(async () => {
    for (const file of files.splice(0)) await file.close();
    rmSync(folder, { recursive: true });
  });

  it('appends to what is there, for its owner alone', async () => {
    await open().append('a\n');
    await open().append('b\nc\n');
    expect(readFileSync(path, 'utf8')).toBe('a\nb\nc\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('cuts off a line that a crash has torn', async () => {
    appendFileSync(path, `a\n${'x'.repeat(200_000)}`);
    await open().append('b\n');
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
  });

  it('cuts off a torn line that is the first one', async () => {
    appendFileSync(path, 'x'.repeat(100));
    await open().append('b\n');
    expect(readFileSync(path, 'utf8')).toBe('b\n');
  });

  it('keeps no part of what a full disk refuses, and takes it when there is room', async () => {
    const file = open();
    await file.append('a\n');
    file.room = 3;
    await expect(file.append('bb\ncc\n')).rejects.toThrow('no space');
    expect(readFileSync(path, 'utf8')).toBe('a\n');
    file.room = Infinity;
    await file.append('bb\ncc\n');
    expect(readFileSync(path, 'utf8')).toBe('a\nbb\ncc\n');
  });

  it('rotates by size and keeps so many files', async () => {
    const file = open(4, 3);
    for (const text of ['1\n2\n', '3\n4\n', '5\n6\n', '7\n8\n']) await file.append(text);
    expect(readdirSync(folder).toSorted()).toEqual(['events.jsonl', 'events.jsonl.1', 'events.jsonl.2']);
    expect(readFileSync(path, 'utf8')).toBe('7\n8\n');
    expect(readFileSync(`${path}.2`, 'utf8')).toBe('3\n4\n');
  });

  it('rotates on the first line of a day', async () => {
    const file = open();
    await file.append('a\n');
    now += DAY_MS;
    await file.append('b\n');
    await file.append('c\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('a\n');
    expect(readFileSync(path, 'utf8')).toBe('b\nc\n');
  });

  it('keeps the current file alone when one is to stay', async () => {
    const file = open(2, 1);
    await file.append('a\n');
    await file.append('b\n');
    expect(readdirSync(folder)).toEqual(['events.jsonl']);
  });

  it('follows when another program moves the file, or writes to it', async () => {
    const file = open();
    await file.append('a\n');
    renameSync(path, `${path}.moved`);
    await file.append('b\n');
    appendFileSync(path, 'torn');
    await file.append('c\n');
    expect(readFileSync(path, 'utf8')).toBe('b\nc\n');
  });
});
