import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { AuditChain } from '../../src/audit/audit.chain.js';
import { isSignature } from '../../src/audit/chain/signing.key.js';
import type { AuditDraft } from '../../src/audit/row/audit.draft.js';
import { type AuditRow, FIRST_PREV_HASH, hashOf } from '../../src/audit/row/audit.row.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { Changes } from '../../src/changes/changes.js';
import { RevisionCounter } from '../../src/changes/revision.counter.js';
import { ROOT, SYSTEM } from '../../src/common/values/actor.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

/** Texts that a database may refuse, or give back otherwise. */
const HOSTILE = [
  'plain',
  '\ud800 alone',
  'half \ud83d',
  'a\0b',
  ' white space ',
  'x'.repeat(500),
  '\u{1f600}'.repeat(200),
  'quote \' " ` \\ \\0 % _ ? $1',
  '\r\n\t\u0001\u007f\u2028',
  'İıſK',
];

onEveryStore('a row of the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const get = <T>(type: new (...args: never[]) => T): T => app.running.app.get(type, { strict: false });
  const query = (sql: string): Promise<Record<string, unknown>[]> => get(DataSource).query(sql);
  const rows = async (): Promise<AuditRow[]> => (await query('SELECT * FROM audit_events ORDER BY seq')).map(storedRow);
  const head = async () => {
    const [row] = await query('SELECT audit_seq, audit_hash, audit_at FROM revisions');
    return { seq: Number(row!['audit_seq']), hash: row!['audit_hash'], at: Number(row!['audit_at']) };
  };

  it('has the hash that it was written with', async () => {
    for (const text of HOSTILE) {
      const actor = { ...ROOT, name: text };
      const draft: AuditDraft = { action: 'project.update', actor, call: undefined, outcome: 'success' };
      const changes = { [text]: { from: text, to: [text, { [text]: 1 }] } };
      await get(AuditTrail).write({ ...draft, reason: text, projectId: randomUUID(), changes, metadata: { text } });
    }
    const read = await rows();
    expect(read.length).toBeGreaterThanOrEqual(HOSTILE.length);
    for (const [i, row] of read.entries()) {
      expect(hashOf(row)).toBe(row.hash);
      expect([row.seq, row.prev_hash]).toEqual([i + 1, i === 0 ? FIRST_PREV_HASH : read[i - 1]!.hash]);
    }
    const newest = read.at(-1)!;
    expect(await head()).toEqual({ seq: newest.seq, hash: newest.hash, at: Date.parse(newest.at) });
  });

  it('commits with its change, and not without it', async () => {
    const before = await head();
    const position = await get(RevisionCounter).read();
    const { id } = await app.project();
    await app.manage('PATCH', `/manage/projects/${id}`, { name: `renamed ${id}` });
    const failing = get(Changes).commit(ROOT, 'project.update', async ({ manager }) => {
      await manager.query(`UPDATE projects SET owner = 'lost' WHERE id = '${id}'`);
      throw new Error('thrown by the work');
    });
    await expect(failing).rejects.toThrow('thrown by the work');
    const added = (await rows()).slice(before.seq);
    expect(added.map(({ action, outcome, seq }) => [action, outcome, seq])).toEqual([
      ['project.create', 'success', before.seq + 1],
      ['project.update', 'success', before.seq + 2],
    ]);
    expect(added[0]).toMatchObject({
      actor: 'management_api',
      method: 'POST',
      path: '/manage/projects',
      origin: 'api',
    });
    expect(added[0]!.client_ip).toContain('127.0.0.1');
    // A creation is no change that replicas follow.
    expect((await get(RevisionCounter).read()).value).toBe(position.value + 1);
  });

  it('is not left by work of the server that found nothing to do', async () => {
    const before = await head();
    await get(Changes).commit(SYSTEM, 'token.purge', async (change) => change.nothingDone());
    expect(await head()).toEqual(before);
    await get(Changes).commit(ROOT, 'token.update', async (change) => change.nothingDone());
    expect((await head()).seq).toBe(before.seq + 1);
  });

  it('follows the newest one after the counter was created anew', async () => {
    const before = await rows();
    await query('DELETE FROM revisions');
    await app.project();
    const after = await rows();
    const [repair, row] = after.slice(before.length);
    expect(repair).toMatchObject({ action: 'audit.repair', prev_hash: before.at(-1)!.hash });
    expect(row).toMatchObject({ seq: before.length + 2, prev_hash: repair!.hash });
    expect((await head()).hash).toBe(after.at(-1)!.hash);
  });

  it('is signed while there is a key, and is not written while the log is off', async () => {
    const signing = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    app = await app.restart({ AUDIT_SIGNING_KEY: signing });
    await app.project({ name: `signed ${store.driver}` });
    const key = get(AuditChain).signingKey!;
    const [announced, row] = (await rows())
      .filter(({ action }) => action === 'audit.key' || action === 'project.create')
      .slice(-2);
    expect(announced!.action).toBe('audit.key');
    expect([row!.key_id, isSignature(row!.signature!, row!.seq, row!.hash, key.publicKey)]).toEqual([key.id, true]);
    app = await app.restart({ AUDIT_ENABLED: 'false' });
    const off = await rows();
    expect(off.at(-1)!.action).toBe('audit.disable');
    await app.project({ name: `unseen ${store.driver}` });
    expect((await app.manage('POST', '/manage/projects', { name: '' })).status).toBe(400);
    expect(await rows()).toEqual(off);
    app = await app.restart({ AUDIT_ENABLED: 'true' });
    await app.project({ name: `seen ${store.driver}` });
    const after = (await rows()).slice(off.length);
    expect(after[0]).toMatchObject({ action: 'audit.enable', seq: off.length + 1, prev_hash: off.at(-1)!.hash });
    expect(after.at(-1)!.action).toBe('project.create');
  });

  it('is the condition of a change: without it there is 503, and no change', async () => {
    await query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    const refused = await app.manage('POST', '/manage/projects', { name: 'unaudited', api_key: 'sk-unaudited-0123' });
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'audit_unavailable' }]);
    await query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
    expect(await query(`SELECT id FROM projects WHERE name = 'unaudited'`)).toEqual([]);
    expect(get(AuditChain).isOn).toBe(true);
    expect((await app.project({ name: `again ${store.driver}` })).id).toBeDefined();
  });
});
