import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { ChainVerification } from '../../src/audit/chain.verification.js';
import { startOfRows } from '../../src/audit/chain/chain.start.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { AuditHeadLog } from '../../src/changes/audit.head.log.js';
import { AuditRetention } from '../../src/changes/audit.retention.js';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { Clock } from '../../src/common/values/clock.js';
import { DATABASE_CLOCK, dialectOf } from '../../src/database/dialect/dialect.js';
import { TestApp } from '../support/app.js';
import { fullDraft } from '../support/audit.chain.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const DAY_MS = 24 * 60 * 60 * 1000;

onEveryStore('pruning the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    const signing = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    app = await TestApp.start({ ...database.variables, AUDIT_SIGNING_KEY: signing, AUDIT_RETENTION: '1d' });
    await write(30);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const get = <T>(type: abstract new (...args: never[]) => T): T => app.running.app.get(type, { strict: false });
  const query = async (sql: string): Promise<Record<string, unknown>[]> => get(DataSource).query(sql);
  const rows = async (): Promise<AuditRow[]> => (await query('SELECT * FROM audit_events ORDER BY seq')).map(storedRow);
  const write = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await get(AuditTrail).write(fullDraft(n));
  };
  /** The process and the database go on to another day. */
  const later = (days: number): void => {
    const now = get(Clock).now() + days * DAY_MS;
    get(Clock).now = () => now;
    const dialect = dialectOf(get(DataSource));
    if (dialect !== 'sqlite') DATABASE_CLOCK[dialect] = `(${DATABASE_CLOCK[dialect]} + ${days * DAY_MS})`;
  };
  const health = async (): Promise<unknown> => {
    const response = await fetch(`${app.url}/health`);
    return ((await response.json()) as { checks: Record<string, unknown> }).checks['audit'];
  };
  const verify = async (head?: { seq: number; hash: string }) =>
    get(ChainVerification).verify({ heads: head ? [head] : [] });

  it('deletes whole beginnings and leaves a row that stands for them', async () => {
    const before = await rows();
    expect(await get(AuditRetention).prune()).toBe(0);
    expect(await rows()).toEqual(before);
    later(2);
    await write(5);
    const last = before.at(-1)!;
    expect(await get(AuditRetention).prune()).toBe(before.length);
    const after = await rows();
    expect(after.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6].map((n) => last.seq + n));
    const { action, actor, metadata } = after.at(-1)!;
    expect({ action, actor, metadata }).toEqual({
      action: 'audit.prune',
      actor: 'system',
      metadata: {
        to_seq: last.seq,
        to_hash: last.hash,
        rows: before.length,
        first_at: before[0]!.at,
        last_at: last.at,
        keys: { [last.key_id!]: expect.stringContaining('PUBLIC KEY') },
      },
    });
    const verdict = await verify(last);
    expect(verdict).toMatchObject({ state: 'intact', checked: 6, first_seq: last.seq + 1, noted_head: 'pruned' });
    expect(verdict.pruned).toEqual({ to_seq: last.seq, at: after.at(-1)!.at });
    expect(await startOfRows(after)).toMatchObject({ seq: last.seq + 1, prevHash: last.hash });
    expect(await verify({ seq: last.seq, hash: 'another' })).toMatchObject({
      broken_at: { seq: last.seq, why: 'changed', detail: 'noted head' },
    });
  });

  it('keeps what stands for the rest, and verifies again and again while it prunes', async () => {
    for (let round = 0; round < 5; round += 1) {
      later(2);
      await write(20);
      const [verdict] = await Promise.all([verify(), get(AuditRetention).prune(), write(5)]);
      expect(verdict).toMatchObject({ state: 'intact' });
    }
    later(2);
    const newest = (await rows()).at(-1)!;
    await get(AuditRetention).prune();
    expect((await rows()).map(({ seq }) => seq)).toEqual([newest.seq + 1, newest.seq + 2]);
    expect(await verify()).toMatchObject({ state: 'intact', signatures: { checked: 2, unknown_keys: [] } });
  });

  it('deletes up to the first young row, whatever later rows say of their time', async () => {
    later(2);
    await write(4);
    later(0.9);
    await write(4);
    const seqs = (await rows()).map(({ seq }) => seq);
    const old = seqs.slice(0, -4);
    const at = (await query(`SELECT at FROM audit_events WHERE seq = ${seqs.at(-2)!}`))[0]!['at'];
    await query(`UPDATE audit_events SET at = 0 WHERE seq = ${seqs.at(-2)!}`);
    later(0.5);
    expect(await get(AuditRetention).prune()).toBe(old.length);
    expect((await rows()).map(({ seq }) => seq)).toEqual([...seqs.slice(-4), seqs.at(-1)! + 1]);
    await query(`UPDATE audit_events SET at = ${String(at)} WHERE seq = ${seqs.at(-2)!}`);
    expect(await verify()).toMatchObject({ state: 'intact' });
  });

  it.each([
    ['times that are moved back', 'at', 'SET at = 0', 0],
    ['a changed row', 'reason', `SET reason = 'x'`, 2],
    ['a row that does not follow', 'prev_hash', `SET prev_hash = '${'0'.repeat(64)}'`, 4],
  ])('deletes nothing after %s, and says so', async (_, column, set, index) => {
    await write(8);
    const before = await query(`SELECT seq, ${column} AS stored FROM audit_events ORDER BY seq`);
    const touched = index === 0 ? before : [before[index]!];
    if (index > 0) later(2);
    for (const { seq } of touched) await query(`UPDATE audit_events ${set} WHERE seq = ${String(seq)}`);
    expect(await get(AuditRetention).prune()).toBe(0);
    expect(await query('SELECT seq FROM audit_events')).toHaveLength(before.length);
    const seq = Number(touched[0]!['seq']);
    expect(get(AuditRetention).fault).toMatchObject({ seq, why: 'changed' });
    expect(app.log).toContain('the audit log is broken: none of its old rows are deleted');
    expect(await health()).toBe('broken');
    for (const row of touched) {
      const stored = row['stored'] as string | number | null;
      const value = stored === null ? 'NULL' : `'${stored}'`;
      await query(`UPDATE audit_events SET ${column} = ${value} WHERE seq = ${String(row['seq'])}`);
    }
    later(2);
    await write(1);
    expect(await get(AuditRetention).prune()).toBe(before.length);
    expect([await health(), await verify()]).toMatchObject([undefined, { state: 'intact' }]);
  });

  it('is no excuse for rows that went without it', async () => {
    await write(3);
    const [first] = await rows();
    await query(`DELETE FROM audit_events WHERE seq = ${first!.seq}`);
    expect(await verify()).toMatchObject({ state: 'broken', broken_at: { seq: first!.seq, why: 'missing' } });
    // Nor for rows that come back as others.
    for (const seq of [-1, 2, first!.seq - 1]) {
      await query(`UPDATE audit_events SET seq = ${seq} WHERE seq = ${first!.seq + 1}`);
      expect(await verify()).toMatchObject({ state: 'broken', broken_at: { seq, why: 'inserted' } });
      expect(await get(AuditRetention).prune()).toBe(0);
      await query(`UPDATE audit_events SET seq = ${first!.seq + 1} WHERE seq = ${seq}`);
    }
  });

  it('has a head in the log of the server', async () => {
    await get(AuditHeadLog).log();
    const { seq, hash, at, signature, key_id } = (await rows()).at(-1)!;
    const line = app.log.split('\n').find((one) => one.includes('"msg":"audit head"'));
    expect(JSON.parse(line!)).toMatchObject({ level: 'info', seq, hash, at, signature, key_id });
  });
});
