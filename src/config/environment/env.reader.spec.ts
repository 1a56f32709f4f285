import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../values/config.error.js';
import { readEnvFile } from './env.reader.js';

describe(readEnvFile.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-env-'));
  const path = join(folder, '.env');
  beforeAll(() => mkdirSync(join(folder, '..data')));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads variables, and nothing where there is no file', () => {
    expect(readEnvFile(path)).toEqual({});
    writeFileSync(path, '# comment\nA=1\nB="two words"\nexport C=3\n');
    expect(readEnvFile(path)).toEqual({ A: '1', B: 'two words', C: '3' });
  });

  it('reads what Windows PowerShell writes', () => {
    writeFileSync(path, Buffer.from('\uFEFFA=ü\r\nB=2\r\n', 'utf16le'));
    expect(readEnvFile(path)).toEqual({ A: 'ü', B: '2' });
    writeFileSync(path, Buffer.from('\uFEFFA=ü\r\nB=2\r\n', 'utf16le').swap16());
    expect(readEnvFile(path)).toEqual({ A: 'ü', B: '2' });
    writeFileSync(path, '\uFEFFA=ü\r\n');
    expect(readEnvFile(path)).toEqual({ A: 'ü' });
  });

  it('follows links, as Kubernetes mounts files', () => {
    writeFileSync(join(folder, '..data', 'env'), 'A=1\n');
    symlinkSync('..data/env', join(folder, 'mounted'));
    expect(readEnvFile(join(folder, 'mounted'))).toEqual({ A: '1' });
  });

  it('names file and line of each line that it does not understand, and shows none', () => {
    writeFileSync(path, 'A=1\nsecret-1\nB="secret-2\n');
    expect(() => readEnvFile(path)).toThrow(
      new ConfigError([
        `${path} line 2: is not understood: write NAME=value, or # in front of a comment`,
        `${path} line 3: has no closing " in the value of B`,
      ]),
    );
  });

  it('refuses what is not a file of text, with its name', () => {
    symlinkSync('nowhere', join(folder, 'dangling'));
    writeFileSync(join(folder, 'binary'), 'SQLite format 3\0');
    writeFileSync(join(folder, 'large'), Buffer.alloc(1_200_000, 'A=1\n'));
    for (const [name, reason] of [
      ['..data', 'is a directory'],
      ['dangling', 'is a symbolic link to a file that does not exist'],
      ['binary', 'is not a text file'],
      ['large', 'is larger than 1 MiB'],
      ['binary/x', 'cannot be read (ENOTDIR)'],
    ] as const)
      expect(() => readEnvFile(join(folder, name))).toThrow(new ConfigError([`${join(folder, name)}: ${reason}`]));
  });

  it.skipIf(process.getuid?.() === 0)('refuses a file without permission to read it', () => {
    const closed = join(folder, 'closed');
    writeFileSync(closed, 'A=1');
    chmodSync(closed, 0);
    expect(() => readEnvFile(closed)).toThrow(/cannot be read \(EACCES\)$/);
  });
});
