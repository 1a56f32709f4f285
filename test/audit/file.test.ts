import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { FileFeeder } from '../../src/audit/file.feeder.js';
import { AuditFile } from '../../src/audit/file/audit.file.js';
import { AuditTail } from '../../src/audit/file/audit.tail.js';
import { COLUMNS } from '../../src/audit/row/audit.columns.js';
import { lineOf } from '../../src/audit/row/audit.line.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { TestApp, until } from '../support/app.js';
import { linesOf } from '../support/audit.lines.js';
import { freshPostgres, onEveryStore, type FreshStore } from '../support/databases.js';

const PARALLEL = 4;

/** The rows of the database as the file has to have them. */
async function rowsOf(app: TestApp): Promise<string[]> {
  const text = `SELECT ${COLUMNS.join(', ')} FROM audit_events ORDER BY seq`;
  const rows: Record<string, unknown>[] = await app.running.app.get(DataSource).query(text);
  return rows.map((columns) => lineOf(storedRow(columns)));
}

/** Resolves when the file has exactly the rows of the table. */
async function isComplete(app: TestApp, path: string): Promise<void> {
  const isStarted = (): boolean => linesOf(path).some((line) => line.includes('"action":"server.start"'));
  await until('the server has noted its start', () => existsSync(path) && isStarted());
  const rows = await rowsOf(app);
  await until('the file has all rows', () => existsSync(path) && linesOf(path).length >= rows.length);
  expect(linesOf(path)).toEqual(await rowsOf(app));
}

const checks = async (app: TestApp): Promise<Record<string, unknown>> =>
  ((await (await app.manage('GET', '/health')).json()) as { checks: Record<string, unknown> }).checks;

async function busy(apps: readonly TestApp[], projects = 6): Promise<void> {
  const work = async (worker: number): Promise<void> => {
    for (let i = 0; i < projects; i += 1) await apps[(worker + i) % apps.length]!.project({ name: randomUUID() });
  };
  await Promise.all(Array.from({ length: PARALLEL }, async (_, worker) => work(worker)));
}

onEveryStore('AUDIT_LOG_FILE', (store) => {
  let database: FreshStore;
  let folder: string;
  let path: string;
  const apps: TestApp[] = [];
  beforeEach(async () => {
    database = await store.fresh();
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-audit-'));
    path = join(folder, 'logs', 'audit.log');
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = async (variables = {}): Promise<TestApp> => {
    const app = await TestApp.start({
      AUDIT_LOG_FILE: path,
      ENABLE_METRICS: 'true',
      ...database.variables,
      ...variables,
    });
    apps.push(app);
    return app;
  };

  it('has each row as the line of an export, also those from before it was named', async () => {
    const before = await start({ AUDIT_LOG_FILE: '' });
    await busy([before]);
    expect(await checks(before)).not.toHaveProperty('audit');
    await before.close();
    apps.length = 0;
    const app = await start({ AUDIT_LOG_MAX_SIZE: '2KB', AUDIT_LOG_MAX_FILES: '999' });
    await busy([app]);
    expect((await app.manage('GET', '/manage/projects', undefined, 'wrong-token-of-someone')).status).toBe(401);
    await isComplete(app, path);
    expect(readdirSync(join(folder, 'logs')).length).toBeGreaterThan(5);
    expect(await checks(app)).toHaveProperty('audit', 'ok');
    const metrics = await (await app.manage('GET', '/metrics')).text();
    expect(metrics).toMatch(/^llm_proxy_audit_file_lag_rows 0$/m);
  });

  it('that cannot be written is reported, and gets its rows when it can', async () => {
    const app = await start();
    await isComplete(app, path);
    const known = (await rowsOf(app)).length;
    // A write ends with this note; until then the file is written again from its beginning.
    const noted = (): unknown => (JSON.parse(readFileSync(`${path}.position`, 'utf8')) as { seq: unknown }).seq;
    await until('the write has ended', () => existsSync(`${path}.position`) && noted() === known);
    rmSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs'), 'a file in its place');
    await app.project({ name: 'while the file is away' });
    await until('the check says so', async () => (await checks(app))['audit'] === 'degraded');
    expect((await fetch(`${app.url}/ready`)).status).toBe(200);
    const metrics = async (): Promise<string> => (await app.manage('GET', '/metrics')).text();
    await until('the lag is counted', async () => /^llm_proxy_audit_file_lag_rows [1-9]/m.test(await metrics()));
    rmSync(join(folder, 'logs'));
    await until('it is written again', async () => (await checks(app))['audit'] === 'ok');
    // The lines that were removed with the folder stay removed.
    expect(linesOf(path)).toEqual((await rowsOf(app)).slice(known));
    expect(app.log.split('the audit file cannot be written').length).toBe(2);
    expect(app.log).toContain('"msg":"the audit file can be written again"');
    expect(app.log).toContain('"filled_in_rows":1');
  });

  it('has every row after its server stopped, and none twice after the next start', async () => {
    const app = await start();
    await busy([app], 2);
    const rows = await rowsOf(app);
    await app.close();
    apps.length = 0;
    expect(linesOf(path).slice(0, rows.length)).toEqual(rows);
    renameSync(path, join(folder, 'logs', 'audit.old'));
    const next = await start();
    await next.project({ name: 'after' });
    await until(
      'the new row is there',
      () => existsSync(path) && linesOf(path).some((line) => line.includes('project.create')),
    );
    const all = [
      ...readFileSync(join(folder, 'logs', 'audit.old'), 'utf8')
        .split('\n')
        .slice(0, -1),
      ...linesOf(path),
    ];
    expect(all).toEqual(await rowsOf(next));
  });

  it('has one writer, also while a read is slow at a stop', async () => {
    const app = await start();
    await isComplete(app, path);
    const free = Promise.withResolvers<void>();
    const { from } = AuditTail.prototype;
    const reading = vi.spyOn(AuditTail.prototype, 'from').mockImplementation(async function (this: AuditTail, seq) {
      await free.promise;
      return from.call(this, seq);
    });
    try {
      await app.project({ name: 'the last one' });
      await until('the rows are read', () => reading.mock.calls.length > 0);
      await app.running.app.get(FileFeeder, { strict: false }).close();
      const lines = linesOf(path);
      const next = new AuditFile({ path, maxBytes: 0, maxFiles: 2 });
      expect(next.takeLock()).toBe(false);
      free.resolve();
      await until('another process may write the file', () => next.takeLock());
      next.releaseLock();
      expect(linesOf(path)).toEqual(lines);
    } finally {
      free.resolve();
      reading.mockRestore();
    }
    await app.close();
    apps.length = 0;
    await isComplete(await start(), path);
  });

  it('is not written while AUDIT_ENABLED is false', async () => {
    const app = await start({ AUDIT_ENABLED: 'false' });
    await app.project();
    expect([existsSync(path), 'audit' in (await checks(app))]).toEqual([false, false]);
  });

  it.skipIf(store.driver === 'sqlite')('of each of two replicas has the rows of both', async () => {
    const other = join(folder, 'other.log');
    const replicas = [await start(), await start({ AUDIT_LOG_FILE: other })];
    await busy(replicas);
    for (const file of [path, other]) await isComplete(replicas[0]!, file);
    expect(linesOf(other)).toEqual(linesOf(path));
  });

  it.skipIf(store.driver === 'sqlite')('of two servers is written by one, and by the other one after it', async () => {
    const [first, second] = [await start({ AUDIT_LOG_MAX_SIZE: '4KB', AUDIT_LOG_MAX_FILES: '999' }), await start()];
    await busy([first, second]);
    await isComplete(second, path);
    apps.splice(0, 1);
    const working = busy([second]);
    await first.close();
    await working;
    await isComplete(second, path);
    expect(linesOf(path)).toEqual(await rowsOf(second));
  });
});

/** A file system of one megabyte, where this user may mount one. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
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

describe.skipIf(!mayMount)('AUDIT_LOG_FILE on a disk', () => {
  it('that is full has all rows, each once and whole, when there is room again', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'llm-proxy-disk-'));
    mount(disk);
    const path = join(disk, 'audit.log');
    const app = await TestApp.start({ AUDIT_LOG_FILE: path });
    try {
      await isComplete(app, path);
      expect(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(4 << 20))).toThrow('ENOSPC');
      await busy([app], 8);
      await until('the check says so', async () => (await checks(app))['audit'] === 'degraded');
      rmSync(join(disk, 'ballast'));
      await isComplete(app, path);
    } finally {
      await app.close();
      unmount(disk);
      rmSync(disk, { recursive: true });
    }
  });
});

describe.skipIf(inject('postgres') === null)('AUDIT_LOG_FILE of a database', () => {
  it('that was restored goes on behind the last common row', async () => {
    const database = await freshPostgres(inject('postgres')!);
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-audit-'));
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'audit.log');
    const app = await TestApp.start({ ...database.variables, AUDIT_LOG_FILE: path });
    try {
      await busy([app], 3);
      await isComplete(app, path);
      const written = linesOf(path);
      const cut = written.length - 5;
      const source = app.running.app.get(DataSource);
      const { hash, at } = JSON.parse(written[cut - 1]!) as { hash: string; at: string };
      app.coverage.cutsRows();
      await source.query(`DELETE FROM audit_events WHERE seq > ${cut}`);
      const set = `audit_seq = ${cut}, audit_hash = '${hash}', audit_at = ${Date.parse(at)}`;
      await source.query(`UPDATE revisions SET ${set}`);
      await busy([app], 3);
      const expected = [...written, ...(await rowsOf(app)).slice(cut)];
      await until('the new rows are there', () => linesOf(path).length >= expected.length);
      expect(linesOf(path)).toEqual(expected);
      expect(app.log).toContain('rows that this database does not have');
    } finally {
      await app.close();
      await database.drop();
      rmSync(folder, { recursive: true });
    }
  });
});
