import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { VERSION } from '../../src/common/values/package.js';
import type { SystemSetting, SystemView } from '../../src/health/system/system.dto.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp, until, UPSTREAM_KEY } from '../support/app.js';
import { StoreStatements } from '../support/database.statements.js';
import { onServers } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { Replicas } from '../support/replicas.js';

async function textAt(app: TestApp): Promise<string> {
  const response = await app.manage('GET', '/manage/system');
  if (response.status !== 200) throw new Error(await response.text());
  return response.text();
}
const systemAt = async (app: TestApp): Promise<SystemView> => JSON.parse(await textAt(app)) as SystemView;
/** Not the answer that is kept. */
const freshly = async (app: TestApp, is: (view: SystemView) => boolean): Promise<SystemView> => {
  let view = await systemAt(app);
  await until('the state', async () => is((view = await systemAt(app))));
  return view;
};
const named = ({ config }: SystemView, name: string): SystemSetting => config.find((one) => one.name === name)!;

/** Each test server has another one, which a database server does not use. */
const DATABASE_PATH = '/tmp/not-used.db';
const SINK_KEY = 'whsec_system-canary-0123456789abcdef';

describe('the system, on SQLite', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({
      METRICS_TOKEN: 'metrics-canary-0123456789',
      UPSTREAM_PROXY: 'http://user:password-canary@proxy.invalid:3128',
      TOKEN_WARN_AT: '50,10',
    });
  });
  afterAll(() => app.close());

  it('is one replica, its database, its events and its prices', async () => {
    const view = await freshly(app, ({ events }) => events?.bytes !== undefined || events?.state === 'ok');
    expect(view).toMatchObject({
      version: VERSION,
      node: process.version,
      database: { driver: 'sqlite', up: true, version: expect.stringMatching(/^3\./), latency_ms: expect.any(Number) },
      events: { bus: 'outbox', state: 'ok', dropped: 0, sinks: [] },
      encryption: { key_id: expect.stringMatching(/^[0-9a-f]{8}$/), previous_rows: 0 },
      prices: { as_of: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    });
    expect(view.replicas).toEqual([
      expect.objectContaining({ is_this: true, role: 'server', version: VERSION, behind: 0, silent_ms: 0, differs: 0 }),
    ]);
    expect(Date.parse(view.replicas[0]!.started_at!)).toBeLessThanOrEqual(Date.now() + 1000);
    expect([view.redis, view.database.migration, view.database.pool_size]).toEqual([undefined, undefined, undefined]);
  });

  it('has every variable with its value, its default and where it is from', async () => {
    const view = await systemAt(app);
    const names = view.config.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(names.length).toBeGreaterThan(80);
    const plain = { secret: false, differs_on: [] };
    expect(named(view, 'TOKEN_WARN_AT')).toMatchObject({ ...plain, value: '50,10', set: true, source: 'environment' });
    expect(named(view, 'TOKEN_WARN_AT').default).not.toBe('50,10');
    expect(named(view, 'WORKERS')).toMatchObject({ ...plain, value: '1', default: '1', set: false, source: 'default' });
    expect(named(view, 'LOG_FILE')).toMatchObject({ value: null, default: null, set: false });
    expect(named(view, 'UPSTREAM_PROXY').value).toBe('http://proxy.invalid:3128');
  });

  it('says of a secret that it is set, and nothing else', async () => {
    await app.project();
    const text = await textAt(app);
    const view = JSON.parse(text) as SystemView;
    for (const name of ['MANAGEMENT_TOKEN', 'ENCRYPTION_KEY', 'METRICS_TOKEN'])
      expect(named(view, name)).toEqual({
        name,
        value: null,
        secret: true,
        set: true,
        source: 'environment',
        default: null,
        differs_on: [],
      });
    expect(named(view, 'AUDIT_SIGNING_KEY')).toMatchObject({ secret: true, set: false, value: null });
    for (const secret of [MANAGEMENT_TOKEN, ENCRYPTION_KEY, UPSTREAM_KEY, 'canary']) expect(text).not.toContain(secret);
  });

  it('is for admins of all projects', async () => {
    const { project_id: project } = await app.token();
    for (const [fields, status] of [
      [{ role: 'viewer' }, 403],
      [{ role: 'manager', projects: [project] }, 403],
      [{ role: 'admin' }, 200],
    ] as const) {
      const { token } = await operator(app, fields);
      expect([fields, (await app.manage('GET', '/manage/system', undefined, token)).status]).toEqual([fields, status]);
    }
  });

  it('is asked for once for all who look, and writes nothing', async () => {
    await freshly(app, () => true);
    const statements = new StoreStatements(app.running.app.get(DataSource, { strict: false }));
    await Promise.all([1, 2, 3, 4].map(() => systemAt(app)));
    expect(statements.with('sqlite_version')).toBeLessThanOrEqual(1);
    expect(statements.with('replica_settings')).toBe(0);
  });
});

describe('the system without a key', () => {
  it('says so, and counts what is still encrypted', async () => {
    const app = await TestApp.start({ ENCRYPTION_KEY: '' });
    await app.project();
    const { encryption } = await systemAt(app);
    expect(encryption).toEqual({ key_id: null, previous_rows: 0 });
    await app.close();
  });
});

onServers('the system of two replicas', (store) => {
  const replicas = Replicas.forTests(store, { DEFAULT_TOKEN_LIFETIME: '40d', DATABASE_PATH });

  it('shows both, their versions, and that they are configured alike', async () => {
    const view = await freshly(replicas.a, ({ replicas: all }) => all.length === 2);
    expect(view.replicas.map(({ version, differs, behind }) => [version, differs, behind])).toEqual([
      [VERSION, 0, 0],
      [VERSION, 0, 0],
    ]);
    expect(view.replicas.filter(({ is_this: isThis }) => isThis)).toHaveLength(1);
    expect(view.config.filter(({ differs_on: names }) => names.length > 0)).toEqual([]);
    expect(view.database).toMatchObject({ up: true, pool_size: expect.any(Number), migration: expect.any(String) });
  });

  it('marks what is different on one of them, secrets too, without their values', async () => {
    const other = await replicas.start({
      DEFAULT_TOKEN_LIFETIME: '20d',
      DATABASE_PATH,
      METRICS_TOKEN: SINK_KEY,
      MANAGEMENT_TOKEN_PREVIOUS: 'previous-canary-0123456789abcdefghijk',
    });
    try {
      const view = await freshly(replicas.a, ({ replicas: all }) => all.length === 3);
      const third = view.replicas.find(({ differs }) => differs !== 0)!;
      expect(third.differs).toBe(3);
      const marked = view.config.filter(({ differs_on: names }) => names.length > 0);
      expect(marked.map(({ name, differs_on: names }) => [name, names])).toEqual([
        ['DEFAULT_TOKEN_LIFETIME', [third.name]],
        ['MANAGEMENT_TOKEN_PREVIOUS', [third.name]],
        ['METRICS_TOKEN', [third.name]],
      ]);
      expect(named(view, 'DEFAULT_TOKEN_LIFETIME').value).toBe('40d');
      const source = replicas.a.running.app.get(DataSource, { strict: false });
      const rows = await source.query('SELECT * FROM replica_settings');
      expect(rows).toHaveLength(3);
      for (const secret of [SINK_KEY, 'previous-canary', MANAGEMENT_TOKEN, ENCRYPTION_KEY])
        expect(JSON.stringify(rows)).not.toContain(secret);
    } finally {
      await other.close();
    }
    const source = replicas.a.running.app.get(DataSource, { strict: false });
    expect(await source.query('SELECT * FROM replica_settings')).toHaveLength(2);
  });

  it('says nothing of one that says nothing of itself, and does not wait for it', async () => {
    const source = replicas.a.running.app.get(DataSource, { strict: false });
    const b = await freshly(replicas.b, ({ replicas: all }) => all.length === 2);
    const { id } = b.replicas.find(({ is_this: isThis }) => isThis)!;
    await source.query(`DELETE FROM replica_settings WHERE replica_id = '${id}'`);
    const view = await freshly(replicas.a, ({ replicas: all }) => all.some(({ version }) => version === undefined));
    expect(view.replicas.find((replica) => replica.id === id)).not.toHaveProperty('differs');
  });
});

const redis = inject('redis');
describe.skipIf(redis === null)('the system with Redis', () => {
  it('says whether Redis responds', async () => {
    const app = await TestApp.start({ REDIS_URL: redis! });
    const view = await freshly(app, (found) => found.redis?.up === true);
    expect(view.redis).toEqual({ up: true, latency_ms: expect.any(Number) });
    expect(named(view, 'REDIS_URL')).toMatchObject({ secret: true, set: true, value: null });
    await app.close();
  });
});
