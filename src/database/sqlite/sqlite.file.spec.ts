import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { StartupError } from '../../common/errors/startup.error.js';
import { fileRefusal, prepareSqliteFile } from './sqlite.file.js';
import { unwritable } from './sqlite.path.js';

describe(prepareSqliteFile.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-paths-'));
  const at = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true }));

  const refusal = (path: string): string => {
    try {
      prepareSqliteFile(path);
    } catch (error) {
      if (error instanceof StartupError && error.exitCode === 78 && error.problems.length === 1) return error.message;
      throw error;
    }
    return 'accepted';
  };

  it('creates folders and the file for their owner alone', () => {
    prepareSqliteFile(at('a/b/c/x.db'));
    expect(['a', 'a/b/c', 'a/b/c/x.db'].map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o700, 0o700, 0o600]);
  });

  it('follows a link to a file that is not there yet', () => {
    symlinkSync(at('target.db'), at('link.db'));
    prepareSqliteFile(at('link.db'));
    expect(statSync(at('target.db')).isFile()).toBe(true);
  });

  it('refuses other paths with the variable, the path and what is wrong', () => {
    mkdirSync(at('folder'));
    writeFileSync(at('file'), '');
    symlinkSync(at('no/where'), at('dangling.db'));
    symlinkSync(at('nowhere'), at('dangling'));
    symlinkSync('loop', at('loop'));
    for (const [path, reason] of [
      [at('folder'), /it is not a file but a folder: name a file in it$/],
      [at('file/x.db'), /a part of the path is not a folder|a part of the path is a file/],
      [at('file/y/x.db'), /a part of the path is/],
      [at('dangling.db'), /it is a symbolic link to a path that does not exist$/],
      [at('dangling/x.db'), /a part of the path is a file, or a link to nothing/],
      [at('loop/x.db'), /its symbolic links form a loop/],
      [at(`${'x'.repeat(300)}/x.db`), /a name in the path is too long/],
      ['/dev/null', /it is not a file$/],
    ] as const) {
      expect(refusal(path)).toMatch(reason);
      expect(refusal(path).startsWith(`DATABASE_PATH ${path}: `)).toBe(true);
    }
  });

  it.skipIf(process.platform !== 'linux')('refuses a path below /proc, and ends', () => {
    for (const path of ['/proc/x/y.db', '/proc/x/y/z.db', '/proc/self/x/y.db', '/sys/x/y.db'])
      expect(refusal(path)).toMatch(/cannot be written|read-only/);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder without permission, with the id of the user', () => {
    mkdirSync(at('closed'), { mode: 0o500 });
    expect(refusal(at('closed/x.db'))).toContain(`(EACCES) by the user ${process.getuid!()}: `);
    chmodSync(at('closed'), 0o700);
  });
});

describe(unwritable.name, () => {
  it.each([
    ['EROFS', /^it cannot be written \(EROFS\): the file system is read-only: /],
    ['EACCES', /^it cannot be written \(EACCES\) by the user \d+: give that user the folder/],
    ['ENOSPC', /^it cannot be written \(ENOSPC\): the disk is full$/],
    ['EWHATEVER', /^it cannot be written \(EWHATEVER\)/],
  ])('says %s in words', (code, words) =>
    expect(unwritable('/no/such', Object.assign(new Error(code), { code }))).toMatch(words),
  );
});

describe(fileRefusal.name, () => {
  it.each([8, 10, 13, 14, 15, 776, 1546])('has words for the SQLite result %i', (errcode) =>
    expect(fileRefusal('x.db', { errcode })?.message).toMatch(/^DATABASE_PATH x\.db: /),
  );

  it('has none for an error that is not about the file', () =>
    expect(fileRefusal('x.db', { errcode: 1 })).toBe(undefined));
});
