import { afterEach, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../common/values/actor.js';
import { AuditCounts } from './audit.counts.js';
import { filterOf } from './audit.filter.js';
import { AuditPages } from './audit.pages.js';
import { AuditPlans } from './audit.plans.js';
import type { AuditRows, Look } from './audit.rows.js';
import type { Span } from './audit.sql.js';

const ID = '0d9a3c58-61a0-4c8e-9f0b-5b1f6f1c2a77';
const HIGH = 1_000_000;

/** A log of which only the index of ids knows old rows. */
const rows = {
  span: async () => ({ low: 1, high: HIGH }),
  count: async () => 3,
  hashOf: async () => 'hash',
  extent: async () => ({ count: 50_000, reached: 50_000 }),
  numbers: async () => [],
  byNumbers: async (numbers: number[]) => numbers.map((seq) => ({ seq })),
  next: async ({ driver }: Look, { high }: Span) =>
    driver
      ? { found: [900_000, 7, 3].filter((seq) => seq <= high), reached: 3, isLast: true }
      : { found: high === HIGH ? [999_999] : [], reached: high - 999, isLast: false },
} as unknown as AuditRows;
const pages = new AuditPages(rows, new AuditCounts(rows), new AuditPlans(rows));

describe(AuditPages.name, () => {
  afterEach(() => vi.restoreAllMocks());

  /** Each part takes as long as a call has. */
  const slow = (): void => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 40));
  };

  it('has rows with a searched id on its first page, however old, and goes on where the search ended', async () => {
    slow();
    const first = await pages.page(filterOf(ROOT, { search: ID }), { page: 1, size: 20, before: undefined });
    expect(first.rows.map(({ seq }) => seq)).toEqual([999_999, 900_000, 7, 3]);
    expect(first.nextBefore).toBe(998_001);
    expect(first.total).toEqual({ count: 4, isMinimum: true });
    const next = await pages.page(filterOf(ROOT, { search: ID }), { page: 1, size: 20, before: 998_001 });
    expect([next.rows, next.nextBefore]).toEqual([[], 996_001]);
    const short = await pages.page(filterOf(ROOT, { search: ID }), { page: 1, size: 2, before: undefined });
    expect(short.nextBefore).toBe(first.nextBefore);
  });

  it('looks for another text in all rows alone', async () => {
    slow();
    const { rows: found } = await pages.page(filterOf(ROOT, { search: 'x' }), { page: 1, size: 20, before: undefined });
    expect(found.map(({ seq }) => seq)).toEqual([999_999]);
  });

  it('skips a bounded number of rows, and names the way to others', async () => {
    slow();
    const filter = filterOf(ROOT, { action: 'token.create' });
    const page = async (n: number) => pages.page(filter, { page: n, size: 20, before: undefined });
    expect((await page(501)).rows).toEqual([]);
    await expect(page(502)).rejects.toMatchObject({ status: 400, message: expect.stringContaining('before') });
  });
});
