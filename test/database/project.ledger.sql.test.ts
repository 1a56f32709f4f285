import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProjectEntity } from '../../src/project/project.entity.js';
import { ProjectLedgerSql } from '../../src/project/ledger/project.ledger.sql.js';
import { monthStart, utcDay } from '../../src/project/ledger/utc.days.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

onEveryStore(ProjectLedgerSql.name, (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let store: DataSource;
  let sql: ProjectLedgerSql;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    store = app.running.app.get(DataSource);
    sql = new ProjectLedgerSql(store);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  const now = Date.now();
  const today = utcDay(now);
  const month = monthStart(today);

  async function project(columns: Partial<ProjectEntity>): Promise<{ projectId: string; projectRevision: number }> {
    const { id } = await app.project();
    await store.manager.update(ProjectEntity, { id }, columns);
    const { revision } = await row(id);
    return { projectId: id, projectRevision: revision };
  }
  const row = async (id: string) => store.manager.findOneByOrFail(ProjectEntity, { id });
  const counts = async (id: string) => {
    const { countDay, dayCount, monthCount } = await row(id);
    return { countDay, dayCount, monthCount };
  };
  const take = async (judged: { projectId: string; projectRevision: number }, wanted = 1) =>
    (await sql.take(judged, wanted, now)).granted;

  it('grants what both caps leave, and counts it to the day and the month', async () => {
    const one = await project({ maxRequestsPerDay: 10, maxRequestsPerMonth: 12 });
    expect(await sql.take(one, 4, now)).toEqual({ granted: 4, day: today });
    expect(await counts(one.projectId)).toEqual({ countDay: today, dayCount: 4, monthCount: 4 });
    expect(await sql.take(one, 9, now)).toEqual({ granted: 6, day: today });
    expect(await take(one)).toBe(0);
    expect(await counts(one.projectId)).toEqual({ countDay: today, dayCount: 10, monthCount: 10 });
  });

  it.each([
    ['a day', { maxRequestsPerDay: 3 }, 3],
    ['a month', { maxRequestsPerMonth: 5 }, 5],
    ['a month, the smaller', { maxRequestsPerDay: 9, maxRequestsPerMonth: 2 }, 2],
  ])('knows a cap of %s alone', async (_, caps, most) => {
    const one = await project(caps);
    expect([await take(one, 7), await take(one, 7)]).toEqual([most, 0]);
  });

  it('begins anew with the day, and goes on in the month', async () => {
    const one = await project({
      maxRequestsPerDay: 5,
      maxRequestsPerMonth: 100,
      countDay: today - 1,
      dayCount: 5,
      monthCount: 8,
    });
    const isSameMonth = month <= today - 1;
    expect(await take(one, 3)).toBe(3);
    expect(await counts(one.projectId)).toEqual({ countDay: today, dayCount: 3, monthCount: isSameMonth ? 11 : 3 });
  });

  it('begins anew with the month', async () => {
    const one = await project({ maxRequestsPerMonth: 5, countDay: month - 1, dayCount: 5, monthCount: 5 });
    expect(await take(one, 7)).toBe(5);
    expect(await counts(one.projectId)).toEqual({ countDay: today, dayCount: 5, monthCount: 5 });
  });

  it('opens no window for a clock that steps back', async () => {
    const [day, first] = [today + 40, monthStart(today + 40)];
    const one = await project({
      maxRequestsPerDay: 5,
      maxRequestsPerMonth: 9,
      countDay: day,
      dayCount: 3,
      monthCount: 8,
    });
    expect(await sql.take(one, 9, now)).toEqual({ granted: 1, day });
    expect(await take(one)).toBe(0);
    await sql.giveBack(one.projectId, day, 1);
    expect(await counts(one.projectId)).toEqual({ countDay: day, dayCount: 3, monthCount: 8 });
    expect(first).toBeGreaterThan(month);
  });

  it('grants nothing by another revision, for a closed, a deleted or an unknown project', async () => {
    const one = await project({ maxRequestsPerDay: 5 });
    expect(await take({ ...one, projectRevision: one.projectRevision + 1 })).toBe(0);
    const [closed, deleted] = [
      await project({ maxRequestsPerDay: 5, isActive: false }),
      await project({ maxRequestsPerDay: 5, deletedAt: now }),
    ];
    expect([await take(closed), await take(deleted)]).toEqual([0, 0]);
    expect(await take({ projectId: '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10', projectRevision: 0 })).toBe(0);
    expect(await counts(one.projectId)).toMatchObject({ dayCount: 0 });
  });

  it('gives back to the day and the month of the take alone, and never below zero', async () => {
    const one = await project({ maxRequestsPerDay: 5, countDay: today, dayCount: 3, monthCount: 4 });
    await sql.giveBack(one.projectId, today, 2);
    expect(await counts(one.projectId)).toMatchObject({ dayCount: 1, monthCount: 2 });
    await sql.giveBack(one.projectId, today, 5);
    expect(await counts(one.projectId)).toMatchObject({ dayCount: 0, monthCount: 0 });
    const next = monthStart(today, 1);
    const later = await project({ maxRequestsPerDay: 5, countDay: next + 1, dayCount: 3, monthCount: 4 });
    await sql.giveBack(later.projectId, next, 1);
    expect(await counts(later.projectId)).toMatchObject({ dayCount: 3, monthCount: 3 });
    await sql.giveBack(later.projectId, next - 1, 1);
    expect(await counts(later.projectId)).toMatchObject({ dayCount: 3, monthCount: 3 });
  });

  it('reads what is used of the windows of today', async () => {
    const one = await project({ maxRequestsPerDay: 5, countDay: month - 1, dayCount: 5, monthCount: 5 });
    expect(await sql.read(one.projectId, now)).toMatchObject({
      perDay: 5,
      perMonth: null,
      usedDay: 0,
      usedMonth: 0,
      day: today,
    });
    await take(one, 2);
    expect(await sql.read(one.projectId, now)).toMatchObject({ usedDay: 2, usedMonth: 2 });
    expect(await sql.read('3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10', now)).toBeUndefined();
  });

  it('is exact among statements at the same time, also while the cap is lowered', async () => {
    const one = await project({ maxRequestsPerDay: 40, maxRequestsPerMonth: 1000 });
    const grants = await Promise.all(Array.from({ length: 30 }, () => take(one, 2)));
    expect(grants.reduce((sum, n) => sum + n, 0)).toBe(40);
    expect(await counts(one.projectId)).toMatchObject({ dayCount: 40, monthCount: 40 });
  });
});
