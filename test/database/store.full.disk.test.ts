import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource, type EntityManager } from 'typeorm';
import { TestApp, until } from '../support/app.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer } from '../support/upstream.scenarios.js';

/** A file system of two megabytes, where this user may mount one. */
function mount(folder: string, options = 'size=2m'): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const unmount = (folder: string) => execFileSync('umount', ['-l', folder], { stdio: 'ignore' });

const probe = mkdtempSync(join(tmpdir(), 'llm-proxy-disk-'));
const mayMount = process.platform === 'linux' && mount(probe);
if (mayMount) unmount(probe);
rmSync(probe, { recursive: true });

describe.skipIf(!mayMount)('a SQLite file on a disk that cannot be written', () => {
  let folder: string;
  let upstream: RecordingUpstream;
  let app: TestApp;
  const call = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${app.url}/v1/models`, { headers });
    await response.text();
    return [response.status, response.headers.get('x-proxy-error')];
  };
  const ready = async () => (await fetch(`${app.url}/ready`)).status;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-disk-'));
    mount(folder);
    upstream = await RecordingUpstream.start();
    upstream.reply(answer({ status: 200, headers: [], body: 'ok' }));
    app = await TestApp.start({ DATABASE_PATH: join(folder, 'proxy.db'), OPENAI_API_URL: upstream.baseUrl });
  });
  afterEach(async () => {
    await app.close();
    await upstream.close();
    unmount(folder);
    rmSync(folder, { recursive: true });
  });

  it('DB-07 that is full: capped tokens are refused, others served, and it heals when there is room', async () => {
    const capped = await app.token({ max_requests: 100_000 });
    const uncapped = await app.token({ project_id: capped.project_id });
    expect([await call(capped.token), await call(uncapped.token)]).toEqual([
      [200, null],
      [200, null],
    ]);
    expect(() => writeFileSync(join(folder, 'ballast'), Buffer.alloc(4 << 20))).toThrow('ENOSPC');
    // What room the write-ahead log still has is used first.
    await until('a take is refused', async () => (await call(capped.token))[0] === 503);
    expect(await call(capped.token)).toEqual([503, 'store_unavailable']);
    // A10: the check writes, too.
    expect(await ready()).toBe(503);
    expect(await call(uncapped.token)).toEqual([200, null]);
    const before = upstream.requests.length;
    expect((await app.manage('PATCH', `/manage/tokens/${capped.id}`, { name: 'x'.repeat(100) })).status).toBe(503);
    rmSync(join(folder, 'ballast'));
    await until('it is ready', async () => (await ready()) === 200);
    expect(await call(capped.token)).toEqual([200, null]);
    const { request_count: counted } = await app.tokenById(capped.id);
    expect(counted).toBeGreaterThan(1);
    expect(upstream.requests.length).toBe(before + 1);
    const db = new DatabaseSync(join(folder, 'proxy.db'), { readOnly: true });
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    db.close();
  });

  it('that is full ends the start with the reason', async () => {
    await app.close();
    const variables = { DATABASE_PATH: join(folder, 'proxy.db'), OPENAI_API_URL: upstream.baseUrl };
    for (const room of [0, 40, 80, 120]) {
      expect(() => writeFileSync(join(folder, 'ballast'), Buffer.alloc(4 << 20))).toThrow('ENOSPC');
      truncateSync(join(folder, 'ballast'), statSync(join(folder, 'ballast')).size - room * 1024);
      const start = TestApp.start(variables);
      const problem = await start.then(
        (started) => started.close().then(() => 'started'),
        (error: unknown) => (error as Error).message,
      );
      expect([room, problem]).toEqual([room, expect.stringMatching(/disk is full|check the disk|^started$/)]);
      rmSync(join(folder, 'ballast'));
    }
    app = await TestApp.start(variables);
  });

  it('DB-08 that is read-only ends the start with the reason', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'llm-proxy-disk-'));
    mount(closed, 'size=2m,ro');
    const start = TestApp.start({ DATABASE_PATH: join(closed, 'proxy.db') });
    await expect(start).rejects.toMatchObject({
      exitCode: 78,
      problems: [expect.stringMatching(/cannot be written \(EROFS\)/)],
    });
    unmount(closed);
    rmSync(closed, { recursive: true });
  });
});

describe('a SQLite file without room', () => {
  it('names the cause, not the rollback that SQLite made by itself, and serves the next transaction', async () => {
    const app = await TestApp.start();
    const source = app.running.app.get(DataSource);
    await source.query('CREATE TABLE ballast (text TEXT)');
    const [{ page_count: pages }] = (await source.query('PRAGMA page_count')) as [{ page_count: number }];
    const fill = async (manager: EntityManager) =>
      manager.query(`INSERT INTO ballast VALUES ('${'x'.repeat(100_000)}')`);
    await source.query(`PRAGMA max_page_count = ${pages}`);
    for (const work of [fill, async (outer: EntityManager) => outer.transaction(fill)])
      await expect(source.transaction(work)).rejects.toThrow('database or disk is full');
    await source.query(`PRAGMA max_page_count = ${pages + 1000}`);
    await source.transaction(async (manager) => manager.query('SELECT 1'));
    await app.close();
  });
});
