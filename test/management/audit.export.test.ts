import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { type AuditRow, hashOf } from '../../src/audit/row/audit.row.js';
import { AuditRows } from '../../src/reporting/audit/audit.rows.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { insertColumns, SEEDED, seedAudit } from '../support/audit.seed.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { refused } from '../support/refusal.js';
import { until } from '../support/until.js';

onEveryStore('an export of the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    await seedAudit(source(), 3500, Date.parse('2026-11-01T00:00:00Z'));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const source = (): DataSource => app.running.app.get(DataSource);
  const rows = async (): Promise<AuditRow[]> => auditRows(source());
  const download = async (query: string, token?: string): Promise<Response> =>
    app.manage('GET', `/manage/audit/export?${query}`, undefined, token);
  const lines = async (query: string): Promise<AuditRow[]> =>
    (await (await download(query)).text())
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AuditRow);
  /** An export whose reader stops reading after the headers. */
  const unread = async () => {
    const sent = request(`${app.url}/manage/audit/export`, {
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}` },
    });
    const closed = new Promise((resolve) => sent.once('close', resolve));
    sent.on('error', () => undefined);
    await new Promise((resolve) => sent.once('response', resolve).end());
    return async () => {
      sent.destroy();
      await closed;
    };
  };

  it('has every row up to its beginning, in order, each with its hash', async () => {
    const before = await rows();
    const exported = await lines('');
    expect(exported).toEqual(before);
    expect(exported.every((row) => hashOf(row) === row.hash)).toBe(true);
    const [added, ...more] = (await rows()).slice(before.length);
    expect([added, more]).toMatchObject([
      { action: 'audit.export', outcome: 'success', metadata: { format: 'jsonl', filters: {}, to_seq: before.length } },
      [],
    ]);
  });

  it('has the rows of its filters', async () => {
    const query = { action: 'token.update', outcome: 'success', search: 'ALPHA', project_id: SEEDED.projects[0]! };
    const wanted = (await rows()).filter(
      ({ action, outcome, project_id: project, ...row }) =>
        action === query.action &&
        outcome === query.outcome &&
        project === query.project_id &&
        textOf(row).includes('Alpha'),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(await lines(String(new URLSearchParams(query)))).toEqual(wanted);
    expect((await rows()).at(-1)!.metadata).toMatchObject({ filters: query });
    const range = ['2026-11-01T00:00:05.000Z', '2026-11-01T00:00:09.000Z'];
    const within = (await rows()).filter(({ at }) => at >= range[0]! && at < range[1]!);
    expect(within).toHaveLength(4);
    expect(await lines(`start_time=${range[0]}&end_time=${range[1]}`)).toEqual(within);
  });

  it('is CSV that no spreadsheet runs', async () => {
    await operator(app, { name: '=cmd|calc', role: 'admin' }).then(async ({ token }) => {
      await app.manage(
        'POST',
        '/manage/projects',
        { name: `sum ${store.driver}`, api_key: 'sk-proj-0123456789ab' },
        token,
      );
    });
    const response = await download('format=csv&action=project.create');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-to-\d+\.csv"$/);
    const [head, ...body] = (await response.text()).split('\r\n');
    expect(head).toMatch(/^seq,at,id,action,actor,/);
    expect(body.at(-2)).toMatch(/^\d+,2\d{3}-.*Z,[0-9a-f-]{36},project\.create,operator,[0-9a-f-]{36},'=cmd\|calc,/);
  });

  it('runs once at a time for an operator, and a refused one has its row', async () => {
    const other = await operator(app, { role: 'admin' });
    const original = app.running.app.get(AuditRows, { strict: false });
    const { next } = original;
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    original.next = async (...args) => {
      await held;
      return next.apply(original, args);
    };
    const first = download('');
    await until('the first export runs', async () => (await rows()).at(-1)!.action === 'audit.export');
    expect(await refused(download(''))).toMatchObject({ status: 429, code: 'audit_busy' });
    expect((await rows()).at(-1)).toMatchObject({ action: 'audit.export', outcome: 'failure', reason: 'audit_busy' });
    const second = download('', other.token);
    go();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    await Promise.all([(await first).text(), (await second).text()]);
    original.next = next;
    expect((await download('')).status).toBe(200);
  });

  it('ends with its reader', async () => {
    const end = await unread();
    await end();
    const query = 'action=token.create';
    await until('another export may run', async () => (await download(query).then(read)) === 200);
    expect((await lines(query)).length).toBeGreaterThan(0);
  });

  it('that fails breaks off, and has no proper end', async () => {
    const original = app.running.app.get(AuditRows, { strict: false });
    const { next } = original;
    let calls = 0;
    original.next = async (...args) => {
      if ((calls += 1) > 2) throw new Error('the database is gone');
      return next.apply(original, args);
    };
    await expect(download('').then(async (response) => response.text())).rejects.toThrow();
    original.next = next;
    expect((await lines('')).length).toBeGreaterThan(3500);
  });

  it('breaks off when rows are pruned that it has not read', async () => {
    const original = app.running.app.get(AuditRows, { strict: false });
    const { next } = original;
    const kept = await source().query('SELECT * FROM audit_events WHERE seq <= 2500');
    original.next = async (...args) => {
      const part = await next.apply(original, args);
      if (part.reached! > 1500) await source().query('DELETE FROM audit_events WHERE seq <= 2500');
      return part;
    };
    await expect(download('').then(async (response) => response.text())).rejects.toThrow();
    original.next = next;
    await insertColumns(source(), kept);
    expect((await lines('')).length).toBeGreaterThan(3500);
  });

  it('of HEAD has its headers, and no row', async () => {
    const before = (await rows()).length;
    const response = await app.manage('HEAD', '/manage/audit/export?format=csv');
    expect([response.status, response.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="audit-to-${before}.csv"`,
    ]);
    expect((await rows()).length).toBe(before);
  });

  it('has no byte without its row', async () => {
    await source().query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    expect(await refused(download(''))).toMatchObject({ status: 503, code: 'audit_unavailable' });
    await source().query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
    expect((await download('')).status).toBe(200);
  });
});

const read = async (response: Response): Promise<number> => {
  await response.text();
  return response.status;
};

const textOf = ({ changes, metadata }: Partial<AuditRow>): string => JSON.stringify([changes, metadata]);
