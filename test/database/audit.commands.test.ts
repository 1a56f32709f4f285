import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { ENTITIES } from '../../src/app.entities.js';
import { type AuditRow, hashOf } from '../../src/audit/row/audit.row.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { SCHEMA_VERSION } from '../../src/database/sqlite/sqlite.schema.js';
import { CommandAudit, withCommandAudit } from '../../src/maintenance/command.audit.js';
import { openDatabase, openServerForMaintenance } from '../../src/maintenance/open.database.js';
import { MANAGEMENT_TOKEN, type TestApp } from '../support/app.js';
import { onEveryStore, onServers, freshFile } from '../support/databases.js';
import { migrate } from '../support/env.file.js';
import { KeyFixture, KEYS } from '../support/key.fixture.js';
import { downgradeToVersionOne } from '../support/sqlite.version.one.js';
import type { Variables } from '../../src/config/values/variables.js';

const readRows = async (variables: Variables): Promise<AuditRow[]> => rowsBy(openDatabase, variables);

async function rowsBy(open: typeof openDatabase, variables: Variables): Promise<AuditRow[]> {
  const { config } = loadConfig({ MANAGEMENT_TOKEN, ...variables });
  const source = await open(config.database, ENTITIES);
  const rows: Record<string, unknown>[] = await source.query('SELECT * FROM audit_events ORDER BY seq');
  await source.destroy();
  return rows.map(storedRow);
}

const chained = (rows: readonly AuditRow[]): boolean =>
  rows.every((row, i) => hashOf(row) === row.hash && (i === 0 || row.prev_hash === rows[i - 1]!.hash));

onEveryStore('a command on the database', (store) => {
  const fixture = KeyFixture.on(store);
  const rowsOf = async (app: TestApp, action: string): Promise<AuditRow[]> => {
    const all: Record<string, unknown>[] = await app.running.app
      .get(DataSource)
      .query('SELECT * FROM audit_events ORDER BY seq');
    const rows = all.map(storedRow);
    expect(chained(rows)).toBe(true);
    return rows.filter((row) => row.action === action);
  };

  it('that seals keys leaves a row before and behind its work, in the chain of a server beside it', async () => {
    const clear = await fixture.start(KEYS.none);
    await clear.token();
    const app = await fixture.start(KEYS.fresh);
    const writing = Promise.all([1, 2, 3].map(async () => app.project({ name: randomUUID() })));
    expect((await fixture.migrate(['encrypt', '--json'], KEYS.fresh)).code).toBe(0);
    await writing;
    const rows = await rowsOf(app, 'key.rotate');
    expect(rows).toMatchObject([
      { actor: 'system', origin: 'cli', outcome: 'success', metadata: { command: 'encrypt', phase: 'begin' } },
      { outcome: 'success', metadata: { command: 'encrypt', phase: 'end', moved: 1, unreadable: 0 } },
    ]);
    expect(rows[0]!.metadata).toHaveProperty('user');
  });

  it('that is refused says so', async () => {
    const app = await fixture.start(KEYS.fresh);
    expect((await fixture.migrate(['rotate'], KEYS.fresh)).code).not.toBe(0);
    expect((await rowsOf(app, 'key.rotate')).map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
  });
});

onEveryStore('migrate up', (store) => {
  it('leaves a row when it has changed something', async () => {
    const fresh = await store.fresh();
    for (let i = 0; i < 2; i += 1) expect((await migrate(['up'], fresh.variables)).code).toBe(0);
    const rows = await readRows(fresh.variables);
    expect(rows.map(({ action, origin }) => [action, origin])).toEqual([['migration.up', 'cli']]);
    await fresh.drop();
  });

  it('leaves none while the log is off', async () => {
    const fresh = await store.fresh();
    const variables = { ...fresh.variables, AUDIT_ENABLED: 'false' };
    expect((await migrate(['up'], variables)).code).toBe(0);
    expect(await readRows(fresh.variables)).toEqual([]);
    await fresh.drop();
  });
});

onServers('migrate down of the audit log', (store) => {
  it('shows its end before the rows go', async () => {
    const fresh = await store.fresh();
    await migrate(['up'], fresh.variables);
    for (;;) {
      const last = (await rowsBy(openServerForMaintenance, fresh.variables)).at(-1)!;
      const down = await migrate(['down', '--yes'], fresh.variables);
      expect(down.code).toBe(0);
      if (!down.stdout.includes('Reverted Audit')) continue;
      expect(down.stdout + down.stderr).toContain(`its last hash is ${last.hash}`);
      break;
    }
    await fresh.drop();
  });
});

it('migrate rebuild leaves a row', async () => {
  const fresh = await freshFile();
  expect((await migrate(['up'], fresh.variables)).code).toBe(0);
  downgradeToVersionOne(fresh.variables['DATABASE_PATH']!);
  expect((await migrate(['rebuild'], fresh.variables)).code).toBe(0);
  expect(await readRows(fresh.variables)).toMatchObject([
    { action: 'migration.up', metadata: { from: 1, to: SCHEMA_VERSION } },
  ]);
  await fresh.drop();
});

it('work on events without a main file has no row, and a row that cannot be written ends the work before it begins', async () => {
  const fresh = await freshFile();
  const { config } = loadConfig({ MANAGEMENT_TOKEN, ...fresh.variables });
  expect(await withCommandAudit(config, ENTITIES, async (audit) => audit)).toBeUndefined();
  await migrate(['up'], fresh.variables);
  const source = await openDatabase(config.database, ENTITIES);
  await source.query('ALTER TABLE audit_events RENAME TO away');
  let hasWorked = false;
  const work = async (): Promise<void> => void (hasWorked = true);
  const audit = new CommandAudit(source, config);
  await expect(audit.around('key.rotate', {}, work, () => ({}))).rejects.toThrow('cannot be written to the audit log');
  expect(hasWorked).toBe(false);
  await source.destroy();
  await fresh.drop();
});
