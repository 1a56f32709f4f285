import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AuditRow, hashOf } from '../../src/audit/row/audit.row.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { SystemAudit } from '../../src/changes/system/system.audit.js';
import { VERSION } from '../../src/common/values/package.js';
import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import { drain } from '../../src/process/server.process.js';
import { ReplicaIdentity } from '../../src/replicas/replica.identity.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

type Metadata = Record<string, unknown> & { config: Record<string, unknown> };

async function rowsOf(app: TestApp): Promise<AuditRow[]> {
  const rows: Record<string, unknown>[] = await app.running.app
    .get(DataSource)
    .query('SELECT * FROM audit_events ORDER BY seq');
  return rows.map(storedRow);
}
const actionsOf = async (app: TestApp): Promise<string[]> => (await rowsOf(app)).map(({ action }) => action);
const metadataOf = (row: AuditRow): Metadata => row.metadata as unknown as Metadata;

onEveryStore('rows of a process itself', (store) => {
  let database: FreshStore;
  let folder: string;
  const apps: TestApp[] = [];
  beforeEach(async () => {
    database = await store.fresh();
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-audit-'));
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  async function start(variables: Variables = {}): Promise<TestApp> {
    const app = await TestApp.start({ DATABASE_PATH: join(folder, 'unused.db'), ...database.variables, ...variables });
    apps.push(app);
    return app;
  }
  async function restart(variables: Variables = {}): Promise<TestApp> {
    for (const app of apps.splice(0)) await app.close();
    return start(variables);
  }
  const starts = async (app: TestApp) => (await rowsOf(app)).filter(({ action }) => action === 'server.start');

  it('tell of a start, a stop and its reason', async () => {
    const first = await start();
    const id = first.running.app.get(ReplicaIdentity, { strict: false }).id;
    first.running.app.get(SystemAudit, { strict: false }).stopsFor('SIGTERM');
    await drain(first.running, loadConfig(first.variables).config, Promise.resolve());
    apps.length = 0;
    const next = await start();
    const rows = await rowsOf(next);
    const expected = ['server.start', 'server.stop', 'server.start'];
    const isServer = store.driver !== 'sqlite';
    expect(rows.map(({ action }) => action)).toEqual(isServer ? ['migration.up', ...expected] : expected);
    for (const row of rows) {
      expect(row).toMatchObject({ actor: 'system', origin: 'system', outcome: 'success' });
      expect(hashOf(row)).toBe(row.hash);
    }
    const migrations = isServer ? metadataOf(rows[0]!)['migrations'] : ['Audit1795400000000'];
    expect(migrations).toContain('Audit1795400000000');
    const [started, stopped, again] = rows.slice(-3).map(metadataOf);
    expect(started).toMatchObject({ version: VERSION, node: process.version, replica: { id, role: 'server' } });
    expect(started!.config).toMatchObject({ LISTEN_ADDR: '127.0.0.1:0', MANAGEMENT_TOKEN: { set: true } });
    expect(stopped).toMatchObject({ replica: { id }, reason: 'SIGTERM', uptime_seconds: expect.any(Number) });
    expect([started, again].filter((metadata) => 'last_stop' in metadata!)).toEqual([]);
  });

  it('name what is configured differently, without secrets', async () => {
    await start({ METRICS_TOKEN: 'canary-metrics-token-one', UPSTREAM_BREAKER_FAILURES: '0' });
    const app = await restart({
      METRICS_TOKEN: 'canary-metrics-token-two',
      UPSTREAM_BREAKER_FAILURES: '3',
    });
    const changed = (await rowsOf(app)).filter(({ action }) => action === 'config.change');
    expect(changed.map(({ changes }) => changes)).toEqual([
      {
        METRICS_TOKEN: { from: 'set', to: 'changed' },
        UPSTREAM_BREAKER_FAILURES: { from: '0', to: '3' },
      },
    ]);
    const other = randomBytes(32).toString('base64');
    const rotated = await restart({
      METRICS_TOKEN: 'canary-metrics-token-two',
      UPSTREAM_BREAKER_FAILURES: '3',
      ENCRYPTION_KEY: other,
      ENCRYPTION_KEY_PREVIOUS: ENCRYPTION_KEY,
    });
    const rows = await rowsOf(rotated);
    expect(rows.findLast(({ action }) => action === 'config.change')!.changes).toEqual({
      ENCRYPTION_KEY: { from: 'set', to: 'changed' },
      ENCRYPTION_KEY_PREVIOUS: { from: null, to: 'set' },
    });
    const text = JSON.stringify(rows);
    for (const secret of ['canary', MANAGEMENT_TOKEN, ENCRYPTION_KEY, other]) expect(text).not.toContain(secret);
  });

  it('say when the log is switched off and on', async () => {
    await start();
    const off = await restart({ AUDIT_ENABLED: 'false' });
    await off.project();
    await restart({ AUDIT_ENABLED: 'false' });
    const on = await restart();
    const actions = (await actionsOf(on)).filter((action) => action !== 'migration.up' && action !== 'config.change');
    expect(actions).toEqual(['server.start', 'server.stop', 'audit.disable', 'audit.enable', 'server.start']);
  });

  it('are none where the log was never on', async () => {
    expect(await actionsOf(await start({ AUDIT_ENABLED: 'false' }))).toEqual([]);
  });

  it('say that the last process of this host left no stop', async () => {
    const first = await start();
    const source = first.running.app.get(DataSource);
    // As after kill -9: the row of the stop is missing, and the replica is in the registry.
    const audit = first.running.app.get(SystemAudit, { strict: false });
    audit.stopped = async () => undefined;
    expect(source.isInitialized).toBe(true);
    const next = await restart();
    const rows = await starts(next);
    expect(rows.map((row) => metadataOf(row)['last_stop'])).toEqual([undefined, 'unknown']);
  });

  it('name the migrations of a process that was killed before it had a row for them', async () => {
    if (store.driver === 'sqlite') return;
    const first = await start();
    const source = first.running.app.get(DataSource);
    const names = (await source.query('SELECT name FROM migrations ORDER BY id')).map(
      ({ name }: { name: string }) => name,
    );
    const ups = async (app: TestApp) => (await rowsOf(app)).filter(({ action }) => action === 'migration.up');
    expect(metadataOf((await starts(first))[0]!)['schema']).toBe(names.at(-1));
    expect((await ups(first)).map((row) => metadataOf(row)['migrations'])).toEqual([names]);
    await source.query("INSERT INTO migrations (timestamp, name) VALUES (1999000000000, 'Later1999000000000')");
    for (let i = 0; i < 2; i += 1) {
      const next = await restart();
      expect((await ups(next)).slice(1).map(metadataOf)).toEqual([
        { migrations: ['Later1999000000000'], found_at_start: true },
      ]);
    }
  });

  it('a start whose row cannot be written is refused', async () => {
    const app = await start();
    await app.running.app.get(DataSource).query('ALTER TABLE audit_events RENAME TO audit_events_away');
    for (const one of apps.splice(0)) await one.close();
    await expect(start()).rejects.toThrow();
  });
});
