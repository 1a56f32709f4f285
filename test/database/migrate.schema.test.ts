import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/database/migration.lists.js';
import { SCHEMA_VERSION } from '../../src/database/sqlite/sqlite.schema.js';
import { ReplicaIdentity } from '../../src/replicas/replica.identity.js';
import { TestApp } from '../support/app.js';
import { type CliResult, cliTyped } from '../support/cli.run.js';
import { envFile, migrate } from '../support/env.file.js';
import { downgradeToVersionOne } from '../support/sqlite.version.one.js';
import { type FreshStore, onEveryStore, onServers, type Store } from '../support/databases.js';

const namesOn = ({ driver }: Store) => MIGRATIONS[driver as 'postgres' | 'mysql'].map(({ name }) => name);
const json = ({ stdout }: CliResult): unknown => JSON.parse(stdout);

onEveryStore('migrate up and status', (store) => {
  let fresh: FreshStore;
  beforeEach(async () => (fresh = await store.fresh()));
  afterEach(() => fresh.drop());

  it('make the tables of a new database, once, and say where they stand', async () => {
    const before = await migrate(['status', '--json'], fresh.variables);
    expect([before.code, json(before)]).toEqual([1, expect.objectContaining({ driver: store.driver, current: false })]);
    const up = await migrate(['up', '--json'], fresh.variables);
    const applied = store.driver === 'sqlite' ? [`version ${SCHEMA_VERSION}`] : namesOn(store);
    expect([up.code, json(up)]).toEqual([0, { applied }]);
    expect((await migrate(['up'], fresh.variables)).stdout).toMatch(/^Nothing to do/);
    const after = await migrate(['status', '--json'], fresh.variables);
    expect([after.code, json(after)]).toEqual([0, expect.objectContaining({ current: true, pending: [] })]);
    const app = await TestApp.start(fresh.variables);
    expect((await app.token()).id).toBeDefined();
    expect(json(await migrate(['status', '--json'], fresh.variables))).toMatchObject({ current: true });
    await app.close();
  });
});

onServers('migrate down', (store) => {
  it('takes the last one back, and a server makes it anew', async () => {
    const names = namesOn(store);
    const fresh = await store.fresh();
    await migrate(['up'], fresh.variables);
    expect(json(await migrate(['down', '--yes', '--json'], fresh.variables))).toEqual({ reverted: names.at(-1) });
    expect(json(await migrate(['status', '--json'], fresh.variables))).toMatchObject({ pending: [names.at(-1)] });
    const app = await TestApp.start(fresh.variables);
    expect((await migrate(['status'], fresh.variables)).stdout).toContain(`applied  ${names.at(-1)}`);
    expect((await app.token()).id).toBeDefined();
    await app.close();
    for (const name of names.toReversed())
      expect((await migrate(['down', '--yes'], fresh.variables)).stdout).toBe(`Reverted ${name}.\n`);
    expect((await migrate(['down', '--yes'], fresh.variables)).stdout).toMatch(/^Nothing to do/);
    await fresh.drop();
  });

  it('asks first, and does nothing without a terminal or with another reply', async () => {
    const fresh = await store.fresh();
    await migrate(['up'], fresh.variables);
    expect(await migrate(['down'], fresh.variables)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/deletes tables .* --yes/),
    });
    const env = envFile(fresh.variables);
    const typed = (answer: string) => cliTyped(['migrate', 'down', '--env', env.path], { 'Type yes': `${answer}\n` });
    expect(await typed('y')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/nothing was done/) });
    expect(json(await migrate(['status', '--json'], fresh.variables))).toMatchObject({ current: true });
    expect(await typed('yes')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Reverted/) });
    env.remove();
    await fresh.drop();
  });

  it('does nothing while a server uses the tables, and names it', async () => {
    const fresh = await store.fresh();
    const app = await TestApp.start(fresh.variables);
    const token = await app.token();
    expect(await migrate(['down', '--yes'], fresh.variables)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(app.running.app.get(ReplicaIdentity).name),
    });
    expect((await app.tokenById(token.id)).id).toBe(token.id);
    await app.close();
    await fresh.drop();
  });

  it('does not rebuild what is no SQLite file, and says when a server is not there', async () => {
    const fresh = await store.fresh();
    expect(await migrate(['rebuild'], fresh.variables)).toMatchObject({ code: 2 });
    const url = new URL(fresh.variables['DATABASE_URL']!);
    url.port = '1';
    const away = await migrate(['up'], { ...fresh.variables, DATABASE_URL: url.href });
    expect(away).toMatchObject({ code: 4, stdout: '' });
    expect(away.stderr).not.toContain(url.href);
    await fresh.drop();
  });
});

describe('migrate, of a SQLite file', () => {
  it('refuses to go down, and names the older file', async () => {
    const app = await TestApp.start();
    expect(await migrate(['down', '--yes'], app.variables)).toMatchObject({
      code: 78,
      stderr: expect.stringMatching('rebuild'),
    });
    await app.close();
  });

  it('rebuilds an older one, and refuses it until then', async () => {
    const app = await TestApp.start();
    await app.token();
    await app.close(true);
    downgradeToVersionOne(app.variables['DATABASE_PATH']!);
    expect(json(await migrate(['status', '--json'], app.variables))).toMatchObject({ current: false, version: 1 });
    expect(await migrate(['up'], app.variables)).toMatchObject({
      code: 78,
      stderr: expect.stringMatching('migrate rebuild'),
    });
    const done = await migrate(['rebuild'], app.variables);
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/projects 1, tokens 1.*\n.*is kept at/)]);
    expect((await migrate(['rebuild', '--json'], app.variables)).stdout).toMatch(/"kept": ?null/);
    expect(json(await migrate(['status', '--json'], app.variables))).toMatchObject({
      current: true,
      version: SCHEMA_VERSION,
    });
  });
});
