import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENTITIES } from '../../src/app.entities.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { rebuildSqlite } from '../../src/maintenance/sqlite.rebuild.js';
import { SCHEMA_VERSION } from '../../src/database/sqlite/sqlite.schema.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { downgradeToVersionFive } from '../support/sqlite.version.five.js';
import { downgradeToVersionFour } from '../support/sqlite.version.four.js';
import { downgradeToVersionOne } from '../support/sqlite.version.one.js';
import { downgradeToVersionThree } from '../support/sqlite.version.three.js';
import { downgradeToVersionTwo } from '../support/sqlite.version.two.js';

vi.mock('node:fs', async (actual) => {
  const fs: typeof import('node:fs') = await actual();
  return { ...fs, linkSync: vi.fn(fs.linkSync) };
});

describe('an older SQLite file', () => {
  let app: TestApp;
  let token: TokenAnswer;
  let path: string;
  const rebuild = () => rebuildSqlite(loadConfig(app.variables).config.database, ENTITIES);
  const version = (file: string): unknown => {
    const db = new DatabaseSync(file, { readOnly: true });
    const row = db.prepare('PRAGMA user_version').get();
    db.close();
    return row?.['user_version'];
  };
  const others = () => readdirSync(app.folder).filter((name) => name.startsWith('proxy.db.v1-'));

  beforeEach(async () => {
    app = await TestApp.start();
    token = await app.token({ max_requests: 7, name: 'kept' });
    path = app.variables['DATABASE_PATH']!;
    await app.close(true);
    downgradeToVersionOne(path);
  });
  afterEach(() => rmSync(app.folder, { recursive: true, force: true }));

  it('is refused with the command that rebuilds it, and stays as it was', async () => {
    const before = statSync(path);
    await expect(TestApp.start(app.variables, app.folder)).rejects.toMatchObject({
      exitCode: 78,
      problems: [
        expect.stringContaining(
          `schema version 1, this program has version ${SCHEMA_VERSION}: run \`./llm-proxy migrate rebuild\``,
        ),
      ],
    });
    expect([version(path), statSync(path).size, statSync(path).mtimeMs]).toEqual([1, before.size, before.mtimeMs]);
  });

  it('is rebuilt with its data, and kept', async () => {
    const done = await rebuild();
    expect(done).toEqual({
      from: 1,
      to: SCHEMA_VERSION,
      rows: { projects: 1, tokens: 1 },
      kept: expect.any(String),
    });
    expect([version(path), version(done.kept!)]).toEqual([SCHEMA_VERSION, 1]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { token: _secret, ...shown } = token;
    const again = await TestApp.start(app.variables, app.folder);
    expect(await again.tokenById(token.id)).toMatchObject({
      ...shown,
      token: expect.stringContaining('…'),
    });
    expect((await again.token({ project_id: token.project_id, max_requests: 5 })).id).toBeDefined();
    await again.close(true);
  });

  it('of version 2 is rebuilt with all its tables', async () => {
    await rebuild();
    const again = await TestApp.start(app.variables, app.folder);
    await again.manage('PATCH', `/manage/tokens/${token.id}`, { name: 'changed' });
    await again.close(true);
    downgradeToVersionTwo(path);
    const { from, to, rows } = await rebuild();
    expect([from, to, rows]).toEqual([
      2,
      SCHEMA_VERSION,
      { projects: 1, tokens: 1, revisions: 1, changes: 1, replicas: 0 },
    ]);
    app = await TestApp.start(app.variables, app.folder);
    expect(await app.tokenById(token.id)).toMatchObject({ name: 'changed' });
    await app.close(true);
  });

  it('of version 3 is rebuilt with the names in lower case, and with no warnings of tokens that ended', async () => {
    await rebuild();
    const again = await TestApp.start(app.variables, app.folder);
    await again.manage('PATCH', `/manage/tokens/${token.id}`, { name: 'Nightly JOB' });
    const revoked = await again.token({ project_id: token.project_id });
    await again.manage('DELETE', `/manage/tokens/${revoked.id}`);
    await again.close(true);
    downgradeToVersionThree(path);
    expect(await rebuild()).toMatchObject({ from: 3, to: SCHEMA_VERSION, rows: { projects: 1, tokens: 2 } });
    const db = new DatabaseSync(path, { readOnly: true });
    expect(db.prepare('SELECT name, name_lower, warn_at = 0 AS fresh FROM tokens ORDER BY created_at').all()).toEqual([
      { name: 'Nightly JOB', name_lower: 'nightly job', fresh: 1 },
      { name: null, name_lower: null, fresh: 0 },
    ]);
    db.close();
  });

  it('of version 4 is rebuilt with an empty audit log, which then begins', async () => {
    await rebuild();
    await (await TestApp.start(app.variables, app.folder)).close(true);
    downgradeToVersionFour(path);
    expect(await rebuild()).toMatchObject({
      from: 4,
      to: SCHEMA_VERSION,
      rows: { projects: 1, tokens: 1, revisions: 1 },
    });
    const again = await TestApp.start(app.variables, app.folder);
    await again.manage('PATCH', `/manage/tokens/${token.id}`, { name: 'audited' });
    await again.close(true);
    const db = new DatabaseSync(path, { readOnly: true });
    const { audit_seq, audit_hash } = db.prepare('SELECT audit_seq, audit_hash FROM revisions').get()!;
    const newest = db.prepare('SELECT seq, hash FROM audit_events ORDER BY seq DESC').get()!;
    expect([newest['seq'], newest['hash']]).toEqual([audit_seq, audit_hash]);
    db.close();
  });

  it('of version 5 is rebuilt with no session, and the next login is kept', async () => {
    await rebuild();
    await (await TestApp.start(app.variables, app.folder)).close(true);
    downgradeToVersionFive(path);
    expect(await rebuild()).toMatchObject({ from: 5, to: SCHEMA_VERSION, rows: { projects: 1, tokens: 1 } });
    const again = await TestApp.start(app.variables, app.folder);
    expect((await again.manage('POST', '/manage/session', {})).status).toBe(201);
    await again.close(true);
    const db = new DatabaseSync(path, { readOnly: true });
    expect(db.prepare('SELECT count(*) AS n FROM admin_sessions').get()).toEqual({ n: 1 });
    db.close();
  });

  it('is rebuilt once: a second time there is nothing to do', async () => {
    await rebuild();
    expect(await rebuild()).toEqual({
      from: SCHEMA_VERSION,
      to: SCHEMA_VERSION,
      rows: {},
    });
    expect(others()).toHaveLength(1);
  });

  it('stays as it was when the rebuild fails at its last step, and is rebuilt the next time', async () => {
    writeFileSync(`${path}.rebuilding`, 'of a run that was killed');
    vi.mocked(linkSync).mockImplementationOnce(() => {
      // The file that the rebuild wrote goes away: the rename has nothing to put in place.
      rmSync(`${path}.rebuilding`);
      mkdirSync(`${path}.rebuilding.gone`);
    });
    await expect(rebuild()).rejects.toThrow('ENOENT');
    expect(version(path)).toBe(1);
    expect((await rebuild()).rows).toEqual({ projects: 1, tokens: 1 });
  });

  it('is copied where the file system has no hard links', async () => {
    vi.mocked(linkSync).mockImplementationOnce(() => {
      throw new Error('EPERM');
    });
    const { kept } = await rebuild();
    expect([version(path), version(kept!)]).toEqual([SCHEMA_VERSION, 1]);
  });

  it('is not rebuilt while a server uses it', async () => {
    await rebuild();
    const running = await TestApp.start(app.variables, app.folder);
    await expect(rebuild()).rejects.toMatchObject({
      exitCode: 78,
      problems: [expect.stringMatching('another server')],
    });
    await running.close(true);
  });

  it.each([
    ['has it open', 'SELECT count(*) FROM tokens'],
    ['reads it', 'BEGIN; SELECT count(*) FROM tokens'],
    ['writes to it', 'BEGIN IMMEDIATE'],
  ])('is not rebuilt while another program %s, and nothing of it is lost', async (_what, sql) => {
    const other = new DatabaseSync(path);
    other.exec(sql);
    const writer = new DatabaseSync(path);
    if (!sql.endsWith('IMMEDIATE')) writer.exec(`UPDATE tokens SET name = 'in the log'`);
    await expect(rebuild()).rejects.toMatchObject({
      exitCode: 78,
      problems: [expect.stringMatching(/another program has locked the file/)],
    });
    expect([others(), readdirSync(app.folder).filter((name) => name.includes('rebuilding'))]).toEqual([[], []]);
    writer.close();
    other.close();
    expect(version(path)).toBe(1);
    expect((await rebuild()).rows).toEqual({ projects: 1, tokens: 1 });
    expect(readdirSync(app.folder).filter((name) => /-(?:wal|shm|journal)$/.test(name))).toEqual([]);
  });

  it('is rebuilt with what was only in its write-ahead log', async () => {
    const writer = new DatabaseSync(path);
    writer.exec(`UPDATE tokens SET name = 'in the log'`);
    // As a crash leaves them.
    const left = ['proxy.db', 'proxy.db-wal'].map(
      (name) => [join(app.folder, name), readFileSync(join(app.folder, name))] as const,
    );
    writer.close();
    for (const [name, bytes] of left) writeFileSync(name, bytes);
    await rebuild();
    const again = await TestApp.start(app.variables, app.folder);
    expect(await again.tokenById(token.id)).toMatchObject({
      name: 'in the log',
    });
    await again.close(true);
  });

  it('is rebuilt where it is when its name is a symbolic link', async () => {
    const real = `${path}.real`;
    renameSync(path, real);
    symlinkSync(real, path);
    const { kept } = await rebuild();
    expect([version(real), version(kept!), lstatSync(path).isSymbolicLink()]).toEqual([SCHEMA_VERSION, 1, true]);
  });

  it('of a newer program is refused by both versions, by the server and by the rebuilding', async () => {
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const refusal = {
      exitCode: 78,
      problems: [expect.stringContaining(`schema version 99, this program has version ${SCHEMA_VERSION}`)],
    };
    await expect(TestApp.start(app.variables, app.folder)).rejects.toMatchObject(refusal);
    await expect(rebuild()).rejects.toMatchObject(refusal);
    expect(existsSync(path)).toBe(true);
  });
});
