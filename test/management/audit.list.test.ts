import fc from 'fast-check';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import type { AuditListView } from '../../src/reporting/audit/audit.dto.js';
import { TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { SEEDED, seedAudit } from '../support/audit.seed.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const ROWS = 12_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const SEARCHED = [
  'request_id',
  'correlation_id',
  'client_ip',
  'action',
  'actor',
  'actor_name',
  'method',
  'path',
  'reason',
  'changes',
  'metadata',
] as const;
const IDS = ['id', 'project_id', 'token_id', 'actor_id', 'subject_id'] as const;
type Query = Record<string, string>;

/** The rows of a query, the newest first, by another way than the server's. */
function wanted(all: readonly AuditRow[], { search, start_time, end_time, before, ...equal }: Query): AuditRow[] {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : (canonicalize(value) ?? ''));
  /** JSON has its own form of a text. */
  const partIn = (name: string, text: string): string =>
    name === 'changes' || name === 'metadata' ? JSON.stringify(text).slice(1, -1) : text;
  const isUuid = /^[0-9a-f-]{36}$/i.test(search ?? '');
  return all
    .filter(
      (row) =>
        row.seq < Number(before ?? Infinity) &&
        (start_time === undefined || row.at >= start_time) &&
        (end_time === undefined || row.at < end_time) &&
        Object.entries(equal).every(([name, value]) => row[name as keyof AuditRow] === value) &&
        (search === undefined ||
          [...SEARCHED, ...(isUuid ? IDS : [])].some((name) =>
            textOf(row[name]).toLowerCase().includes(partIn(name, search).toLowerCase()),
          )),
    )
    .toReversed();
}

/** Undefined: there may be more. */
const knownTotal = ({ pagination: { total_count: total, total_is_minimum: isMinimum } }: AuditListView) =>
  isMinimum ? undefined : total;

onEveryStore('the list of the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  let all: AuditRow[];

  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    await seedAudit(source(), ROWS, START);
    all = await auditRows(source());
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const source = (): DataSource => app.running.app.get(DataSource);
  async function list(query: Query, token?: string): Promise<AuditListView> {
    const response = await app.manage('GET', `/manage/audit?${String(new URLSearchParams(query))}`, undefined, token);
    expect(response.status).toBe(200);
    return (await response.json()) as AuditListView;
  }
  const seqs = ({ events }: Pick<AuditListView, 'events'>): number[] => events.map(({ seq }) => seq);
  /** All rows of a query, by its `next_before`. */
  async function followed(query: Query): Promise<number[]> {
    const found: number[] = [];
    for (let before = query['before']; ;) {
      const page = await list({ ...query, page_size: '100', ...(before !== undefined && { before }) });
      found.push(...seqs(page));
      const { has_next: hasNext, next_before: next } = page.pagination;
      expect(hasNext).toBe(next !== undefined);
      if (next === undefined) return found;
      before = String(next);
    }
  }

  it('shows whole rows, the newest first, and how many there are', async () => {
    const { events, pagination } = await list({});
    expect(events).toEqual(all.slice(-20).toReversed());
    expect(pagination).toEqual({
      page: 1,
      page_size: 20,
      total_count: all.length,
      total_pages: Math.ceil(all.length / 20),
      has_next: true,
      has_prev: false,
      next_before: events.at(-1)!.seq,
    });
    const last = await list({ page: String(pagination.total_pages) });
    expect(last.events.at(-1)).toEqual(all[0]);
    expect(last.pagination).toMatchObject({ has_next: false, has_prev: true });
    expect((await list({ page: '100000' })).events).toEqual([]);
    expect((await list({ page_size: '5000' })).events).toHaveLength(100);
  });

  it.each([
    ['action', 'token.revoke'],
    ['outcome', 'failure'],
    ['actor', 'system'],
    ['origin', 'cli'],
    ['method', 'DELETE'],
    ['path', '/manage/projects'],
    ['client_ip', '2001:db8::1'],
    ['project_id', SEEDED.projects[0]!],
    ['token_id', SEEDED.tokens[0]!],
    ['actor_id', SEEDED.operators[0]!],
    ['subject_id', SEEDED.operators[1]!],
    ['correlation_id', 'batch 7'],
    ['search', 'gAMMA!'],
    ['search', 'QUOTE"d'],
    ['search', 'back\\slash'],
  ])('by %s has the rows of it, on each page', async (name, value) => {
    const rows = wanted(all, { [name]: value });
    expect(rows.length).toBeGreaterThan(0);
    const first = await list({ [name]: value, page_size: '7' });
    expect(first.events).toEqual(rows.slice(0, 7));
    expect(knownTotal(first) ?? rows.length).toBe(rows.length);
    for (const page of [2, Math.ceil(rows.length / 7) - 1, Math.ceil(rows.length / 7), 1_000_000].filter(
      (n) => n > 0,
    )) {
      const { events, pagination } = await list({ [name]: value, page_size: '7', page: String(page) });
      const whole = rows.slice((page - 1) * 7, page * 7);
      // A call ends its work after a time, however far it came.
      const isWhole = pagination.total_is_minimum !== true;
      expect(events).toEqual(isWhole ? whole : whole.slice(0, events.length));
      expect(!isWhole || pagination.has_next === page * 7 < rows.length).toBe(true);
    }
  });

  it('of any filter has what a filter over all rows has, while rows are added', async () => {
    const some = fc.constantFrom;
    const at = fc.integer({ min: -100, max: ROWS + 100 }).map((n) => new Date(START + n * 1000).toISOString());
    const filter = fc.record(
      {
        action: some(...SEEDED.actions),
        outcome: some('success', 'failure', 'denied'),
        actor: some('management_api', 'operator', 'system'),
        actor_id: some(...SEEDED.operators),
        origin: some('api', 'cli'),
        method: some(...SEEDED.methods),
        client_ip: some(...SEEDED.addresses),
        project_id: some(...SEEDED.projects),
        token_id: some(...SEEDED.tokens),
        subject_id: some(...SEEDED.operators),
        correlation_id: some('batch 1', 'batch 2', 'none'),
        search: some(
          ...SEEDED.words,
          'öperator'.slice(1),
          '%',
          '_',
          'nowhere',
          SEEDED.tokens[1]!,
          SEEDED.operators[1]!,
        ),
        range: fc.tuple(at, at).filter(([from, to]) => from !== to),
        before: fc.integer({ min: 1, max: ROWS }).map(String),
      },
      { requiredKeys: [] },
    );
    let names = 0;
    const holds = async ({ range, ...rest }: Query & { range?: [string, string] }): Promise<void> => {
      const [start, end] = (range ?? []).toSorted();
      const query: Query = { before: String(ROWS), ...rest };
      if (start !== undefined) Object.assign(query, { start_time: start, end_time: end });
      const added = app.project({ name: `added ${store.driver} ${(names += 1)}` });
      expect(await followed(query)).toEqual(wanted(all, query).map(({ seq }) => seq));
      await added;
    };
    await fc.assert(fc.asyncProperty(filter as never, holds), { numRuns: 60 });
  });

  it('refuses what is no filter', async () => {
    for (const query of [
      'page_size=0',
      'page_size=-1',
      'page=0',
      'action=token.eat',
      'outcome=maybe',
      'start_time=yesterday',
      'start_time=2026-11-02T00:00:00Z&end_time=2026-11-01T00:00:00Z',
      'start_time=2026-11-01T00:00:00Z&from=2026-11-01T00:00:00Z',
      'search=sk-wt-abcdefghijklmnop',
      'search=',
      'project_id=x',
      'unknown=1',
    ])
      expect([query, (await app.manage('GET', `/manage/audit?${query}`)).status]).toEqual([query, 400]);
  });

  it('takes `from` and `to` as other names of the range', async () => {
    const from = new Date(START + 10_000).toISOString();
    const to = new Date(START + 12_000).toISOString();
    expect(seqs(await list({ from, to }))).toEqual(seqs(await list({ start_time: from, end_time: to })));
    expect((await list({ from, to })).pagination.total_count).toBe(2);
  });

  it('counts a value on as rows are added', async () => {
    const query = { action: 'project.create' };
    const { pagination } = await list(query);
    await app.project({ name: `counted ${store.driver}` });
    expect((await list(query)).pagination.total_count).toBe(pagination.total_count + 1);
  });

  it('finds rows by an id that only their changes or metadata have', async () => {
    const id = SEEDED.tokens[20]!; // in about 100 rows
    const rows = wanted(all, { search: id });
    expect(rows.some(({ token_id: token }) => token !== id)).toBe(true);
    expect(rows.some(({ token_id: token }) => token === id)).toBe(true);
    const found = await followed({ search: id.toUpperCase() });
    expect([...new Set(found)].toSorted((a, b) => b - a)).toEqual(rows.map(({ seq }) => seq));
  });

  it('counts anew when a backup was restored', async () => {
    const query = { actor_id: SEEDED.operators[2]! };
    const { total_count: total } = (await list(query)).pagination;
    const last = all.findLast((row) => row.actor_id === query.actor_id)!;
    const change = async (actor: string, hash: string) =>
      source().query(
        `UPDATE audit_events SET actor_id = '${actor}', hash = CASE WHEN seq = ${last.seq} THEN hash ELSE '${hash}' END ` +
          `WHERE seq = ${last.seq} OR seq = (SELECT m FROM (SELECT MAX(seq) AS m FROM audit_events) newest)`,
      );
    const [newest] = (await auditRows(source())).slice(-1);
    await change(SEEDED.operators[3]!, 'f'.repeat(64));
    expect((await list(query)).pagination.total_count).toBe(total - 1);
    await source().query(`UPDATE audit_events SET actor_id = '${query.actor_id}' WHERE seq = ${last.seq}`);
    const own = newest!.actor_id === undefined ? 'NULL' : `'${newest!.actor_id}'`;
    await source().query(
      `UPDATE audit_events SET actor_id = ${own}, hash = '${newest!.hash}' WHERE seq = ${newest!.seq}`,
    );
    expect((await list(query)).pagination.total_count).toBe(total);
  });

  it('shows one row by its id or its number', async () => {
    const row = all[500]!;
    for (const id of [row.id, row.id.toUpperCase(), String(row.seq)]) {
      const response = await app.manage('GET', `/manage/audit/${id}`);
      expect([response.status, await response.json()]).toEqual([200, row]);
    }
    const statuses = ['00000000-0000-4000-8000-000000000000', '999999999', 'x', '0'].map(
      async (id) => (await app.manage('GET', `/manage/audit/${id}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 400, 400]);
  });

  it('ends with a head that is the last row', async () => {
    const { seq, hash, at } = (await auditRows(source())).at(-1)!;
    expect(await (await app.manage('GET', '/manage/audit/head')).json()).toEqual({ seq, hash, at });
  });
});
