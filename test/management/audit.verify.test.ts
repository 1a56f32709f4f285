import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { seedAudit } from '../support/audit.seed.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { EventStream } from '../support/event.stream.js';

onEveryStore('a verification of the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    await seedAudit(source(), 2500, Date.parse('2026-11-01T00:00:00Z'));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const source = (): DataSource => app.running.app.get(DataSource);
  const verify = async (query = ''): Promise<Record<string, unknown>> =>
    (await (await app.manage('GET', `/manage/audit/verify?${query}`)).json()) as Record<string, unknown>;
  const head = async () =>
    (await (await app.manage('GET', '/manage/audit/head')).json()) as { seq: number; hash: string };

  it('says that it is intact, to which row', async () => {
    const { seq, hash } = await head();
    expect(await verify()).toMatchObject({ state: 'intact', checked: seq, first_seq: 1, last_seq: seq, head: hash });
  });

  it('finds a head that was noted earlier, with or without its number', async () => {
    const { seq, hash } = await head();
    await app.project({ name: `after ${store.driver}` });
    for (const noted of [hash, `${seq}:${hash}`])
      expect(await verify(`head=${noted}`)).toMatchObject({ state: 'intact', noted_head: 'found', last_seq: seq + 1 });
    expect(await verify(`head=${'0'.repeat(64)}`)).toMatchObject({ state: 'broken', noted_head: 'missing' });
    expect((await app.manage('GET', '/manage/audit/verify?head=abc')).status).toBe(400);
  });

  it('is a stream that ends with the verdict', async () => {
    const url = `${app.url}/manage/audit/verify`;
    const stream = await EventStream.open(url, { accept: 'text/event-stream' });
    const [verdict] = await stream.has('verdict', 1);
    expect(verdict!.data).toMatchObject({ state: 'intact', last_seq: (await head()).seq });
    expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  });

  it('says which row was changed', async () => {
    await source().query(`UPDATE audit_events SET actor_name = 'nobody' WHERE seq = 1234`);
    const { id } = (await auditRows(source()))[1233]!;
    expect(await verify()).toMatchObject({
      state: 'broken',
      checked: 1233,
      broken_at: { seq: 1234, why: 'changed', id },
    });
  });

  it('says so when the database fails', async () => {
    await source().query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    const stream = await EventStream.open(`${app.url}/manage/audit/verify`, { accept: 'text/event-stream' });
    const [failed] = await stream.has('error', 1);
    expect(failed!.data).toMatchObject({ code: 'store_unavailable' });
    await source().query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
  });
});
