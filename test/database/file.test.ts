import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT, StartupError } from '../../src/common/errors/startup.error.js';
import { SCHEMA_VERSION } from '../../src/database/sqlite/sqlite.schema.js';
import { TestApp } from '../support/app.js';

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the database file', () => {
  let folder: string;
  const opened: TestApp[] = [];
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'llm-proxy-db-'))));
  afterEach(async () => {
    for (const app of opened.splice(0)) await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (path = join(folder, 'proxy.db')) => {
    const app = await TestApp.start({ DATABASE_PATH: path }, folder);
    opened.push(app);
    return app;
  };
  /** Exit code and lines of a start that is refused. */
  const refusal = async (path?: string) => {
    const error: unknown = await start(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StartupError);
    const { exitCode, problems } = error as StartupError;
    return { exitCode, line: problems.join('\n') };
  };
  const sqlite = (path: string, sql: string) => {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
  };
  const version = (path: string) => {
    const db = new DatabaseSync(path, { readOnly: true });
    const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    db.close();
    return user_version;
  };

  it('is made for its owner alone, in a folder for its owner alone', async () => {
    const path = join(folder, 'new', 'deep', 'proxy.db');
    const app = await start(path);
    await app.project();
    expect([mode(path), mode(`${path}-wal`)]).toEqual(['600', '600']);
    expect(mode(join(folder, 'new', 'deep'))).toBe('700');
  });

  it('is stamped with its version, and opened again', async () => {
    const app = await start();
    await app.project({ name: 'kept' });
    await app.close(true);
    opened.length = 0;
    expect(version(join(folder, 'proxy.db'))).toBe(SCHEMA_VERSION);
    const again = await start();
    expect(await (await again.manage('GET', '/manage/projects')).json()).toMatchObject([{ name: 'kept' }]);
  });

  it('BS-10 of a newer version is refused with both versions, untouched', async () => {
    const path = join(folder, 'proxy.db');
    sqlite(path, 'CREATE TABLE later (id); PRAGMA user_version = 7');
    const before = statSync(path).mtimeMs;
    const { exitCode, line } = await refusal();
    expect(exitCode).toBe(EXIT.config);
    expect(line).toMatch(new RegExp(`^DATABASE_PATH .*version 7.*version ${SCHEMA_VERSION}`));
    expect([version(path), statSync(path).mtimeMs]).toEqual([7, before]);
  });

  it('of another program is refused with its table', async () => {
    sqlite(join(folder, 'proxy.db'), 'CREATE TABLE customers (id)');
    const { exitCode, line } = await refusal();
    expect([exitCode, line]).toEqual([
      EXIT.config,
      expect.stringMatching(/^DATABASE_PATH .*another program.*customers/),
    ]);
    const db = new DatabaseSync(join(folder, 'proxy.db'), { readOnly: true });
    expect(db.prepare(`SELECT name FROM sqlite_master`).all()).toEqual([{ name: 'customers' }]);
    db.close();
  });

  it.each([
    ['text', Buffer.alloc(8192, 'this is no database ')],
    ['a torn one', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 0xff)])],
  ])('that is no database is exit code 65: %s', async (_what, bytes) => {
    writeFileSync(join(folder, 'proxy.db'), bytes);
    const { exitCode, line } = await refusal();
    expect([exitCode, line]).toEqual([EXIT.dataError, expect.stringMatching(/^DATABASE_PATH .*damaged/)]);
  });

  it('that cannot be made is refused with its path and the reason', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await refusal(join(folder, 'file', 'proxy.db'))).toMatchObject({
      exitCode: EXIT.config,
      line: expect.stringMatching(/^DATABASE_PATH .*cannot be written/),
    });
    mkdirSync(join(folder, 'proxy.db'));
    expect(await refusal()).toMatchObject({
      exitCode: EXIT.config,
      line: expect.stringMatching(/is not a file/),
    });
  });

  it.skipIf(process.getuid?.() === 0)('that may not be written is refused', async () => {
    writeFileSync(join(folder, 'proxy.db'), '');
    chmodSync(join(folder, 'proxy.db'), 0o400);
    expect(await refusal()).toMatchObject({ exitCode: EXIT.config, line: expect.stringContaining('EACCES') });
  });

  it('serves one server: a second is refused, also by another name of the file, until the first has gone', async () => {
    const first = await start();
    expect(await refusal()).toMatchObject({
      exitCode: EXIT.config,
      line: expect.stringMatching(/^DATABASE_PATH .*another server uses the file/),
    });
    symlinkSync(join(folder, 'proxy.db'), join(folder, 'link.db'));
    expect(await refusal(join(folder, 'link.db'))).toMatchObject({
      line: expect.stringContaining('another server uses the file'),
    });
    expect((await first.manage('GET', '/manage/projects')).status).toBe(200);
    await first.close(true);
    opened.length = 0;
    await start();
  });

  it('that another program has locked is refused', async () => {
    const path = join(folder, 'proxy.db');
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN EXCLUSIVE');
    expect(await refusal()).toMatchObject({
      exitCode: EXIT.config,
      line: expect.stringMatching(/^DATABASE_PATH .*has locked the file/),
    });
    holder.close();
  });

  it('whose creation was killed half way is finished', async () => {
    const whole = await start();
    await whole.close(true);
    opened.length = 0;
    const path = join(folder, 'half', 'proxy.db');
    mkdirSync(join(folder, 'half'));
    cpSync(join(folder, 'proxy.db'), path);
    sqlite(path, 'DROP TABLE tokens; PRAGMA user_version = 0');
    const app = await start(path);
    await app.token();
    expect(version(path)).toBe(SCHEMA_VERSION);
    expect(existsSync(path)).toBe(true);
  });
});
