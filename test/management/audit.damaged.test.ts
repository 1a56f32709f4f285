import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { ChainVerification } from '../../src/audit/chain.verification.js';
import { AuditTail } from '../../src/audit/file/audit.tail.js';
import { isIntact } from '../../src/audit/chain/row.check.js';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import type { AuditListView } from '../../src/reporting/audit/audit.dto.js';
import { dialectOf, withPlaceholders } from '../../src/database/dialect/dialect.js';
import { TestApp } from '../support/app.js';
import { seedAudit } from '../support/audit.seed.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const SEQ = 40;
const FAR = 9_000_000_000_000_000_000n;

onEveryStore('a damaged row of the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    await seedAudit(source(), 60, Date.parse('2026-11-01T00:00:00Z'));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const source = (): DataSource => app.running.app.get(DataSource);
  const query = async (sql: string, values: unknown[]): Promise<Record<string, unknown>[]> =>
    source().query(withPlaceholders(sql, dialectOf(source())), values);
  const text = async (path: string): Promise<string> => {
    const response = await app.manage('GET', `/manage/audit${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    return response.text();
  };
  const linesOf = (body: string): AuditRow[] =>
    body
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AuditRow);

  it.each<[string, string, unknown, unknown]>([
    ['text that is no JSON', 'metadata', 'x', 'x'],
    ['JSON in another form', 'metadata', '{"n": 9}', '{"n": 9}'],
    ['a name twice', 'changes', '{"a":1,"a":1}', '{"a":1,"a":1}'],
    ['another action', 'action', 'no.action', 'no.action'],
    ['a time after all times', 'at', String(FAR), expect.stringMatching(/^9000000000000000\d{3}$/)],
    ['a time before all times', 'at', '-8640000000000001', '-8640000000000001'],
  ])('with %s is shown as it is, and found by a verification', async (_, column, value, shown) => {
    const [kept] = await query(`SELECT ${column} AS kept FROM audit_events WHERE seq = ?`, [SEQ]);
    await query(
      `UPDATE audit_events SET ${column} = ${column === 'at' ? String(value) : '?'} WHERE seq = ${SEQ}`,
      column === 'at' ? [] : [value],
    );
    const has = (rows: readonly AuditRow[]): void => {
      const row = rows.find(({ seq }) => seq === SEQ)!;
      expect(row[column as keyof AuditRow]).toEqual(shown);
      expect(isIntact(row)).toBe(false);
    };
    const { events } = JSON.parse(await text('?page_size=100')) as AuditListView;
    has(events);
    has([JSON.parse(await text(`/${SEQ}`)) as AuditRow]);
    has(linesOf(await text('/export')));
    expect(await text('/export?format=csv')).toContain(`\r\n${SEQ},`);
    has((await new AuditTail(source()).from(1)).map(({ line }) => JSON.parse(line) as AuditRow));
    const verdict = await app.running.app.get(ChainVerification, { strict: false }).verify({ heads: [] });
    expect(verdict).toMatchObject({ state: 'broken', broken_at: { seq: SEQ, why: 'changed' } });
    await query(`UPDATE audit_events SET ${column} = ? WHERE seq = ${SEQ}`, [kept!['kept']]);
  });
});
