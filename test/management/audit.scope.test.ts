import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import type { AuditListView } from '../../src/reporting/audit/audit.dto.js';
import { TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { SEEDED, seedAudit } from '../support/audit.seed.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { indexesOf } from '../support/query.plans.js';
import { until } from '../support/until.js';

const ROWS = 15_000;

onEveryStore('the audit log of an operator', (store) => {
  let database: FreshStore;
  let app: TestApp;
  let projects: string[];
  let all: AuditRow[];
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    projects = [];
    for (let i = 0; i < 8; i += 1) projects.push((await app.project()).id);
    await seedAudit(source(), ROWS, Date.parse('2026-11-01T00:00:00Z'), projects);
    const analyze = store.driver === 'mysql' ? 'ANALYZE TABLE audit_events' : 'ANALYZE audit_events';
    // A busy machine may take longer than the limit of a statement.
    await until(
      'analyzed',
      () =>
        source()
          .query(analyze)
          .then(
            () => true,
            () => false,
          ),
      30_000,
    );
    all = await auditRows(source());
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const source = (): DataSource => app.running.app.get(DataSource);
  const tokenOf = async (fields: object): Promise<string> => (await operator(app, { ...fields })).token;
  const get = async (path: string, token?: string): Promise<Response> =>
    app.manage('GET', `/manage/audit${path}`, undefined, token);
  const list = async (query: string, token?: string): Promise<AuditListView> => {
    const response = await get(`?${query}`, token);
    expect(response.status).toBe(200);
    return (await response.json()) as AuditListView;
  };
  const newest = (wanted: (row: AuditRow) => boolean, count = 20): AuditRow[] =>
    all.filter(wanted).slice(-count).toReversed();

  it.each([
    ['one', (): string[] => projects.slice(2, 3)],
    ['several', (): string[] => projects.slice(0, 3)],
    ['rare ones', (): string[] => projects.slice(6)],
  ])('of %s of the projects has their rows alone', async (_, of) => {
    const own = new Set(of());
    const token = await tokenOf({ projects: [...own] });
    const isOwn = ({ project_id: id = '' }: AuditRow): boolean => own.has(id);
    expect((await list('', token)).events).toEqual(newest(isOwn));
    const denied = await list('outcome=denied&search=alpha', token);
    expect(denied.events).toEqual(
      newest((row) => isOwn(row) && row.outcome === 'denied' && JSON.stringify(row).includes('Alpha')).slice(
        0,
        denied.events.length,
      ),
    );
    const foreign = projects.find((id) => !own.has(id))!;
    expect(await list(`project_id=${foreign}`, token)).toMatchObject({ events: [], pagination: { total_count: 0 } });
    const row = newest((candidate) => !isOwn(candidate), 1)[0]!;
    const mine = newest(isOwn, 1)[0]!;
    const statuses = [row.id, row.seq, mine.id, mine.seq].map(async (id) => (await get(`/${id}`, token)).status);
    expect(await Promise.all(statuses)).toEqual([404, 404, 200, 200]);
    expect((await list(`search=${row.id}`, token)).events).toEqual([]);
    expect((await list(`search=${mine.id}`, token)).events).toEqual([mine]);
  });

  it('of many projects has their rows alone', async () => {
    const others: string[] = [];
    for (let i = 0; i < 60; i += 1) others.push((await app.project()).id);
    const token = await tokenOf({ projects: [...others, projects[7]!] });
    const found: number[] = [];
    for (let before = ''; ;) {
      const { events, pagination } = await list(`page_size=100${before}`, token);
      found.push(...events.map(({ seq }) => seq));
      if (pagination.next_before === undefined) break;
      before = `&before=${pagination.next_before}`;
    }
    expect(found.filter((seq) => seq <= ROWS)).toEqual(
      newest(({ project_id: id, seq }) => id === projects[7] && seq <= ROWS, ROWS).map(({ seq }) => seq),
    );
  });

  it('with all projects has every row; verifying and exporting need an admin', async () => {
    const viewer = await tokenOf({});
    expect((await list('search=seed', viewer)).pagination.page).toBe(1);
    expect((await list('page_size=5', viewer)).events).toHaveLength(5);
    const admin = await tokenOf({ role: 'admin' });
    for (const path of ['/head', '/verify', '/export']) {
      const response = await get(path, admin);
      await response.text();
      expect([path, response.status]).toEqual([path, 200]);
      expect([path, (await get(path, viewer)).status]).toEqual([path, 403]);
    }
  });

  it.each([
    ['action', 'token.revoke'],
    ['outcome', 'failure'],
    ['actor', 'system'],
    ['actor_id', SEEDED.operators[1]!],
    // A value of half of the rows needs no index.
    ['path', '/manage/nowhere'],
    ['client_ip', '2001:db8::1'],
    ['token_id', SEEDED.tokens[3]!],
    ['subject_id', SEEDED.operators[2]!],
    ['correlation_id', 'batch 7'],
    ['request_id', 'unknown'],
  ])('reads the index of %s and no other rows', async (name, value) => {
    const used = await indexesOf(source(), async () => list(`${name}=${encodeURIComponent(value)}`), 'audit_events');
    expect(used.flat()).toContain(`ix_audit_events_${name}`);
    const both = await indexesOf(
      source(),
      async () => list(`${name}=${encodeURIComponent(value)}&origin=cli`),
      'audit_events',
    );
    expect(both.flat()).toContain(`ix_audit_events_${name}`);
    // Every look at rows is by an index: theirs, or that of their numbers.
    for (const index of [...used, ...both].flat())
      expect(index).toMatch(/^(?:ix|pk|uq)_audit_events|^audit_events_pkey/);
    // MariaDB knows the first and the last number without a look.
    for (const names of [...used.slice(1), ...both.slice(1)]) expect(names).not.toEqual([]);
  });

  it('finds a range of times by its index', async () => {
    const range = 'start_time=2026-11-01T01:00:00Z&end_time=2026-11-01T02:00:00Z';
    const used = await indexesOf(source(), async () => list(range), 'audit_events');
    expect(used[0]).toContain('ix_audit_events_at');
  });
});
