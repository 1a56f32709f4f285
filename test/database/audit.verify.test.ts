import { generateKeyPairSync } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { AuditChain } from '../../src/audit/audit.chain.js';
import { ChainVerification } from '../../src/audit/chain.verification.js';
import type { Progress, Verdict } from '../../src/audit/chain/chain.fault.js';
import { pemOf } from '../../src/audit/chain/signing.key.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { COLUMNS } from '../../src/audit/row/audit.columns.js';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { AuditHeadLog } from '../../src/changes/audit.head.log.js';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { dialectOf, withPlaceholders } from '../../src/database/dialect/dialect.js';
import { TestApp } from '../support/app.js';
import { fullDraft } from '../support/audit.chain.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

onEveryStore('verifying the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start({
      ...database.variables,
      AUDIT_SIGNING_KEY: newKey(),
    });
    for (let n = 0; n < 40; n += 1) await get(AuditTrail).write(fullDraft(n));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const get = <T>(type: new (...args: never[]) => T): T => app.running.app.get(type, { strict: false });
  const query = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    get(DataSource).query(withPlaceholders(sql, dialectOf(get(DataSource))), values);
  const verify = async (heads: { seq?: number; hash: string }[] = []): Promise<Verdict> =>
    get(ChainVerification).verify({ heads });
  const rows = async (): Promise<AuditRow[]> => (await query('SELECT * FROM audit_events ORDER BY seq')).map(storedRow);

  /** Tampers by SQL, looks, and puts back what was there. */
  async function brokenBy(...statements: [string, unknown[]?][]): Promise<Verdict['broken_at']> {
    const kept = await query('SELECT * FROM audit_events');
    const [counter] = await query('SELECT audit_seq, audit_hash FROM revisions');
    for (const [sql, values] of statements) await query(sql, values);
    const { broken_at: fault } = await verify();
    await query('DELETE FROM audit_events');
    const insert = `INSERT INTO audit_events (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
    for (const row of kept)
      await query(
        insert,
        COLUMNS.map((name) => row[name]),
      );
    await query('UPDATE revisions SET audit_seq = ?, audit_hash = ?', [counter!['audit_seq'], counter!['audit_hash']]);
    return fault;
  }

  it('finds it intact, signed from its first row on', async () => {
    const verdict = await verify();
    const [first] = await rows();
    expect(first).toMatchObject({
      action: 'audit.key',
      actor: 'system',
      key_id: get(AuditChain).signingKey!.id,
    });
    expect(verdict).toMatchObject({
      state: 'intact',
      first_seq: 1,
      key_id: get(AuditChain).signingKey!.id,
    });
    expect(verdict.signatures).toEqual({
      checked: verdict.checked,
      unknown_keys: [],
    });
    expect(get(ChainVerification).last).toEqual(verdict);
  });

  it('says where and how rows were tampered with', async () => {
    const id = (await rows())[9]!.id;
    expect(await brokenBy([`UPDATE audit_events SET path = '/x' WHERE seq = 10`])).toEqual({
      seq: 10,
      why: 'changed',
      id,
    });
    for (const column of ['changes', 'metadata'])
      for (const text of ['no json', '{"n": 9}', '{"a":1,"a":1}'])
        expect(await brokenBy([`UPDATE audit_events SET ${column} = ? WHERE seq = 10`, [text]])).toEqual({
          seq: 10,
          why: 'changed',
          id,
        });
    expect(await brokenBy(['UPDATE audit_events SET at = at + 1 WHERE seq = 10'])).toMatchObject({
      seq: 10,
      why: 'changed',
    });
    expect(await brokenBy(['UPDATE audit_events SET signature = NULL WHERE seq = 10'])).toMatchObject({
      seq: 10,
      why: 'changed',
      detail: 'signature',
    });
    expect(await brokenBy(['DELETE FROM audit_events WHERE seq = 10'])).toEqual({ seq: 10, why: 'missing' });
    expect(await brokenBy(['DELETE FROM audit_events WHERE seq <= 10'])).toEqual({ seq: 1, why: 'missing' });
    expect(await brokenBy(['DELETE FROM audit_events WHERE seq > 30'])).toEqual({ seq: 31, why: 'truncated' });
    expect(await brokenBy(['DELETE FROM audit_events'])).toEqual({
      seq: 1,
      why: 'truncated',
    });
    const swap: [string][] = [
      ['UPDATE audit_events SET seq = 9999 WHERE seq = 10'],
      ['UPDATE audit_events SET seq = 10 WHERE seq = 20'],
      ['UPDATE audit_events SET seq = 20 WHERE seq = 9999'],
    ];
    expect(await brokenBy(...swap)).toMatchObject({
      seq: 10,
      why: 'reordered',
    });
    const others = COLUMNS.filter((name) => name !== 'seq' && name !== 'id').join(', ');
    const copy = (seq: number): [string] => [
      `INSERT INTO audit_events (seq, id, ${others}) SELECT ${seq}, 'copy', ${others} FROM audit_events WHERE seq = 5`,
    ];
    const last = (await rows()).at(-1)!.seq;
    expect(await brokenBy(copy(last + 1))).toMatchObject({
      seq: last + 1,
      why: 'inserted',
      id: 'copy',
    });
    const renumber: [string][] = [
      ['UPDATE audit_events SET seq = seq + 10000 WHERE seq >= 10'],
      ['UPDATE audit_events SET seq = seq - 9999 WHERE seq >= 10000'],
    ];
    expect(await brokenBy(...renumber, copy(10))).toMatchObject({
      seq: 10,
      why: 'inserted',
      id: 'copy',
    });
    expect(await verify()).toMatchObject({ state: 'intact' });
  });

  it('finds rows that were planted before the first one, and behind any number', async () => {
    const whole = await rows();
    const noted = whole.at(-1)!;
    const others = COLUMNS.filter((name) => name !== 'seq' && name !== 'id').join(', ');
    const planted = async (seq: string) => {
      await query(
        `INSERT INTO audit_events (seq, id, ${others}) SELECT ${seq}, 'planted', ${others} FROM audit_events WHERE seq = 5`,
      );
      const { state, broken_at: fault } = await verify([noted]);
      await query(`DELETE FROM audit_events WHERE id = 'planted'`);
      expect(state).toBe('broken');
      return fault;
    };
    const isSqlite = dialectOf(get(DataSource)) === 'sqlite';
    const end = noted.seq + 1;
    const ofAny = { '0': 0, '-1': -1, '-5': -5, '-9223372036854775808': 1, '9007199254740993': end };
    const ofSqlite = { '2.5': 3, "x'00'": end, "x'31'": end, "x''": end, "'a'": end, "''": end };
    const expected = { ...ofAny, ...(isSqlite ? ofSqlite : { '9223372036854775807': end }) };
    for (const [seq, at] of Object.entries(expected))
      expect([seq, await planted(seq)]).toEqual([seq, { seq: at, why: 'inserted', id: 'planted' }]);
    expect(await verify([noted])).toMatchObject({ state: 'intact', checked: whole.length });
  });

  it('finds it intact while clients write, one verification at a time', async () => {
    const writing = { isOver: false };
    const writer = async (n: number): Promise<void> => {
      for (let i = 0; !writing.isOver; i += 1) {
        await get(AuditTrail).write(fullDraft(n * 1000 + i));
        // SQLite answers without a turn of the event loop; calls of clients come in turns.
        await nextTurn();
      }
    };
    const writers = [1, 2, 3, 4].map(writer);
    const { seq } = (await rows()).at(-1)!;
    const seen: Progress[] = [];
    for (let i = 0; i < 3; i += 1) {
      const calls = [1, 2].map(async () =>
        get(ChainVerification).verify({
          onProgress: (progress) => seen.push(progress),
        }),
      );
      const [one, two] = await Promise.all(calls);
      expect(one).toMatchObject({ state: 'intact' });
      expect(two).toBe(one);
      expect(one!.last_seq).toBeGreaterThanOrEqual(seq);
    }
    writing.isOver = true;
    await Promise.all(writers);
    expect(seen.length).toBeGreaterThan(0);
    const whole = await rows();
    expect(await verify([{ seq, hash: whole[seq - 1]!.hash }])).toMatchObject({
      state: 'intact',
      noted_head: 'found',
      last_seq: whole.length,
    });
  });

  it('ends when all of its callers have left', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = [one, two].map(async ({ signal }) => get(ChainVerification).verify({ signal }));
    one.abort(new Error('left'));
    await expect(calls[0]).rejects.toThrow('left');
    expect(await calls[1]).toMatchObject({ state: 'intact' });
    const third = new AbortController();
    const call = get(ChainVerification).verify({ signal: third.signal });
    third.abort(new Error('left too'));
    await expect(call).rejects.toThrow('left too');
    expect(await verify()).toMatchObject({ state: 'intact' });
  });

  describe('a head', () => {
    const head = async () => app.manage('GET', '/manage/audit/head');
    const put = async (values: string) => query(`UPDATE revisions SET ${values}`);

    it('has the signature that was stored with the row, and the last verdict', async () => {
      const { seq, hash, at, signature, key_id } = (await rows()).at(-1)!;
      const verdict = await verify();
      const { public_key: publicKey, ...shown } = (await (await head()).json()) as Record<string, unknown>;
      expect(shown).toEqual({ seq, hash, at, signature, key_id, last_verification: verdict });
      expect(publicKey).toBe(pemOf(get(AuditChain).signingKey!.publicKey));
    });

    it('is refused, and nothing is signed, when the counter names a row that nobody wrote', async () => {
      const { seq, hash } = (await rows()).at(-1)!;
      for (const forged of [`audit_hash = '${'a'.repeat(64)}'`, `audit_seq = ${seq + 1}`, `audit_seq = ${seq - 1}`]) {
        await put(forged);
        const response = await head();
        expect([response.status, await response.json()]).toEqual([
          503,
          expect.objectContaining({ code: 'audit_broken' }),
        ]);
        await expect(get(AuditHeadLog).log()).rejects.toMatchObject({ code: 'audit_broken' });
        await put(`audit_seq = ${seq}, audit_hash = '${hash}'`);
      }
      expect((await head()).status).toBe(200);
    });

    it('is refused when the newest row was changed, or has another signature', async () => {
      const { seq, path, signature } = (await rows()).at(-1)!;
      const set = async (column: string, value: string | undefined) =>
        query(`UPDATE audit_events SET ${column} = ? WHERE seq = ${seq}`, [value ?? null]);
      for (const [column, forged, value] of [
        ['path', '/forged', path],
        ['signature', (await rows())[4]!.signature, signature],
        ['signature', undefined, signature],
      ] as const) {
        await set(column, forged);
        expect((await head()).status).toBe(503);
        await set(column, value);
      }
      expect((await head()).status).toBe(200);
    });
  });

  it('knows an older state by a noted head', async () => {
    const before = await rows();
    const noted = before.at(-1)!;
    await query('DELETE FROM audit_events WHERE seq > 20');
    await query('UPDATE revisions SET audit_seq = 20, audit_hash = ?', [before[19]!.hash]);
    expect(await verify()).toMatchObject({ state: 'intact' });
    expect(await verify([noted])).toMatchObject({
      noted_head: 'missing',
      broken_at: { seq: 21, why: 'truncated' },
    });
    for (let n = 20; n < noted.seq; n += 1) await get(AuditTrail).write(fullDraft(n));
    expect(await verify([noted])).toMatchObject({
      broken_at: { seq: noted.seq, why: 'changed', detail: 'noted head' },
    });
  });

  it('goes on after the counter was created anew, and with another key', async () => {
    await query('DELETE FROM revisions');
    expect(await verify()).toMatchObject({ state: 'intact' });
    await get(AuditTrail).write(fullDraft(0));
    expect(await verify()).toMatchObject({ state: 'intact' });
    const old = get(AuditChain).signingKey!;
    app = await app.restart({ AUDIT_SIGNING_KEY: newKey() });
    const key = get(AuditChain).signingKey!;
    const announced = (await rows()).filter(({ action }) => action === 'audit.key');
    expect(announced.map(({ key_id: id }) => id)).toEqual([old.id, key.id]);
    expect(announced[1]!.metadata).toMatchObject({
      from: old.id,
      public_key: expect.stringContaining('PUBLIC KEY'),
    });
    // The server does not trust what the log says of the key before.
    expect((await verify()).broken_at).toMatchObject({ why: 'changed', detail: 'key' });
    const given = new URLSearchParams({ public_key: pemOf(old.publicKey) });
    const trusted = await app.manage('GET', `/manage/audit/verify?${given.toString()}`);
    expect(await trusted.json()).toMatchObject({ state: 'intact', key_id: key.id, signatures: { unknown_keys: [] } });
    expect((await app.manage('GET', '/manage/audit/verify?public_key=none')).status).toBe(400);
    app = await app.restart({ AUDIT_PREVIOUS_KEYS: pemOf(old.publicKey) });
    expect(await verify()).toMatchObject({ state: 'intact', key_id: key.id, signatures: { unknown_keys: [] } });
    app = await app.restart();
    expect((await rows()).filter(({ action }) => action === 'audit.key')).toHaveLength(2);
  });
});
