import { generateKeyPairSync } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENTITIES } from '../../src/app.entities.js';
import { AuditChain } from '../../src/audit/audit.chain.js';
import { isSignature } from '../../src/audit/chain/signing.key.js';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { StartupError } from '../../src/common/errors/startup.error.js';
import { ROOT } from '../../src/common/values/actor.js';
import { Clock } from '../../src/common/values/clock.js';
import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import { CommandAudit } from '../../src/maintenance/command.audit.js';
import { openDatabase } from '../../src/maintenance/open.database.js';
import { TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const HEAD = 'SELECT audit_seq, audit_hash, audit_at FROM revisions';
const signing = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

onEveryStore('the end of the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeEach(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const query = (sql: string): Promise<Record<string, unknown>[]> =>
    app.running.app.get(DataSource, { strict: false }).query(sql);
  const actionsAfter = async (seq: number): Promise<string[]> =>
    (await auditRows(app)).filter((row) => row.seq > seq).map(({ action }) => action);
  const repairs = async (): Promise<AuditRow[]> =>
    (await auditRows(app)).filter(({ action }) => action === 'audit.repair');
  const isLinked = (rows: readonly AuditRow[]): boolean =>
    rows.every(({ seq, prev_hash }, i) => i === 0 || (prev_hash === rows[i - 1]!.hash && seq === rows[i - 1]!.seq + 1));

  const get = <T>(type: new (...args: never[]) => T): T => app.running.app.get(type, { strict: false });
  /** A row of no call. */
  const write = async (): Promise<void> =>
    get(AuditTrail).write({ action: 'project.update', actor: ROOT, call: undefined, outcome: 'success' });
  /** As after a kill: a stop would repair the counter. */
  const writeNoMore = (): void => {
    get(AuditChain).append = async (_, end) => end;
  };
  /** Two heads of the log: an earlier one and the end. */
  async function heads(): Promise<[AuditRow, AuditRow]> {
    await write();
    const earlier = (await auditRows(app)).at(-1)!;
    await write();
    await write();
    return [earlier, (await auditRows(app)).at(-1)!];
  }
  const counterTo = async ({ seq, hash, at }: AuditRow): Promise<unknown> =>
    query(`UPDATE revisions SET audit_seq = ${seq}, audit_hash = '${hash}', audit_at = ${Date.parse(at)}`);
  const shown = ({ seq, hash }: AuditRow) => ({ seq, hash });

  it('goes on behind the newest row when the counter of a running server is behind it', async () => {
    const [earlier, last] = await heads();
    await counterTo(earlier);
    expect((await app.project()).id).toBeDefined();
    expect(await actionsAfter(last.seq)).toEqual(['audit.repair', 'project.create']);
    const [repair] = await repairs();
    expect(repair!.metadata).toEqual({ counter: shown(earlier), newest_row: shown(last) });
    expect(isLinked(await auditRows(app))).toBe(true);
    expect(app.log).toContain('the counter of the audit log was behind its newest row');
    await counterTo(earlier);
    expect((await app.manage('GET', '/manage/projects', undefined, 'no-such-token-0123456789abc')).status).toBe(401);
    expect((await repairs()).length).toBe(2);
  });

  it('goes on behind the newest row when a start finds the counter behind it', async () => {
    const [earlier] = await heads();
    await counterTo(earlier);
    const { seq } = (await auditRows(app)).at(-1)!;
    app = await app.restart();
    expect(await actionsAfter(seq)).toEqual(expect.arrayContaining(['audit.repair', 'server.start']));
    expect(isLinked(await auditRows(app))).toBe(true);
  });

  it('is repaired by a start while the log is off', async () => {
    const [earlier, last] = await heads();
    await counterTo(earlier);
    writeNoMore();
    app = await app.restart({ AUDIT_ENABLED: 'false' });
    expect(await actionsAfter(last.seq)).toEqual(['audit.repair', 'audit.disable']);
    await counterTo(earlier);
    app = await app.restart({ AUDIT_ENABLED: 'false' });
    expect(await actionsAfter(last.seq + 2)).toEqual([]);
    app = await app.restart({ AUDIT_ENABLED: 'true' });
    const actions = ['audit.repair', 'audit.enable', 'server.start'];
    expect(await actionsAfter(last.seq + 2)).toEqual(actions);
    expect(isLinked(await auditRows(app))).toBe(true);
  });

  it('goes on with a hole when a start finds the counter ahead of the rows', async () => {
    const [earlier, last] = await heads();
    writeNoMore();
    await query(`DELETE FROM audit_events WHERE seq > ${earlier.seq}`);
    app = await app.restart();
    const [repair] = await repairs();
    expect(repair).toMatchObject({ seq: last.seq + 1, prev_hash: last.hash });
    expect(repair!.metadata).toEqual({ counter: shown(last), newest_row: shown(earlier) });
    expect(app.log).toContain('the counter of the audit log was ahead of its newest row');
    expect((await app.project()).id).toBeDefined();
    app = await app.restart();
    expect((await repairs()).length).toBe(1);
  });

  it('follows the rows when both have the same number', async () => {
    const [, last] = await heads();
    writeNoMore();
    await query(`UPDATE revisions SET audit_hash = '${'a'.repeat(64)}'`);
    app = await app.restart();
    expect((await repairs())[0]).toMatchObject({ seq: last.seq + 1, prev_hash: last.hash });
  });

  const startAgain = async (variables: Variables): Promise<TestApp> =>
    TestApp.start({ ...app.variables, ...variables });

  async function refusesChanges(signed: TestApp): Promise<void> {
    const refused = await app.manage('POST', '/manage/projects', { name: 'unsigned', api_key: 'sk-unsigned-012345' });
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'audit_unavailable' }]);
    // Lines of all servers of a process go to the newest one.
    expect(signed.log).toContain('AUDIT_SIGNING_KEY is not set, but the newest row');
    expect(await query(`SELECT id FROM projects WHERE name = 'unsigned'`)).toEqual([]);
  }

  it('takes no unsigned row behind a signed one, and takes another key', async () => {
    const AUDIT_SIGNING_KEY = signing();
    // A file has one server.
    if (store.driver === 'sqlite') app = await app.restart({ AUDIT_SIGNING_KEY });
    const signed = store.driver === 'sqlite' ? app : await TestApp.start({ ...database.variables, AUDIT_SIGNING_KEY });
    if (signed !== app) await refusesChanges(signed);
    const { config } = loadConfig({ ...app.variables, AUDIT_SIGNING_KEY: undefined });
    const source = await openDatabase(config.database, ENTITIES);
    let hasWorked = false;
    const work = async (): Promise<void> => void (hasWorked = true);
    const refusal = await new CommandAudit(source, config)
      .around('key.rotate', {}, work, () => ({}))
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartupError);
    expect([(refusal as StartupError).exitCode, hasWorked]).toEqual([78, false]);
    expect((refusal as StartupError).message).toContain('AUDIT_SIGNING_KEY is not set');
    await source.destroy();

    if (signed !== app) await signed.close();
    await app.close(true);
    for (const AUDIT_ENABLED of ['true', 'false'])
      await expect(startAgain({ AUDIT_SIGNING_KEY: undefined, AUDIT_ENABLED })).rejects.toMatchObject({
        exitCode: 78,
        message: expect.stringContaining('AUDIT_SIGNING_KEY is not set'),
      });
    app = await startAgain({ AUDIT_SIGNING_KEY: signing() });
    const key = get(AuditChain).signingKey!;
    const row = (await auditRows(app)).findLast(({ action }) => action === 'audit.key')!;
    expect([row.key_id, isSignature(row.signature!, row.seq, row.hash, key.publicKey)]).toEqual([key.id, true]);
  });

  it('has the time of the database, whatever the clock of a server says', async () => {
    const now = Date.now();
    get(Clock).now = () => now + 3_600_000;
    await write();
    const { at } = (await auditRows(app)).at(-1)!;
    // A file has the clock of its process.
    expect(Date.parse(at) < now + 1_800_000).toBe(store.driver !== 'sqlite');
  });

  it('refuses a start whose row the table does not take', async () => {
    await query('ALTER TABLE audit_events DROP COLUMN user_agent');
    writeNoMore();
    await app.close(true);
    await expect(startAgain({})).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('a row cannot be written to the audit log'),
    });
  });

  it('has the time of the newest row while the clock is behind it, and says so', async () => {
    const [{ audit_at: at, audit_seq: seq }] = (await query(HEAD)) as [Record<string, unknown>];
    await query(`UPDATE revisions SET audit_at = ${Number(at) + 3_600_000}`);
    await app.project();
    await app.project();
    const rows = (await auditRows(app)).filter((row) => row.seq > Number(seq));
    for (const row of rows) {
      expect(row.at).toBe(new Date(Number(at) + 3_600_000).toISOString());
      const { clock_behind_ms: behindMs } = row.metadata as unknown as { clock_behind_ms: number };
      expect(Date.parse(row.at) - behindMs).toBeGreaterThanOrEqual(Number(at));
      expect(Date.parse(row.at) - behindMs).toBeLessThanOrEqual(Date.now() + 60_000);
    }
    expect(app.log.split('the newest row of the audit log is later than the clock').length).toBe(2);
  });
});
