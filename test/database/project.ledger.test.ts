import fc from 'fast-check';
import { DataSource, type EntityManager, TypeORMError } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { ApiError } from '../../src/common/errors/api.error.js';
import { Clock } from '../../src/common/values/clock.js';
import { ProjectEntity } from '../../src/project/project.entity.js';
import { ProjectLedger, type ProjectReceipt } from '../../src/project/ledger/project.ledger.js';
import { type JudgedProject, ProjectLedgerSql } from '../../src/project/ledger/project.ledger.sql.js';
import { utcDay } from '../../src/project/ledger/utc.days.js';
import { TestApp, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

onEveryStore(ProjectLedger.name, (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let ledger: ProjectLedger;
  let sql: ProjectLedgerSql;
  let database: EntityManager;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    ledger = app.running.app.get(ProjectLedger);
    sql = app.running.app.get(ProjectLedgerSql);
    database = app.running.app.get(DataSource).manager;
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  afterEach(() => vi.restoreAllMocks());

  const row = async (id: string) => database.findOneByOrFail(ProjectEntity, { id });
  const used = async (id: string) => (await row(id)).dayCount;
  const judged = async (id: string): Promise<JudgedProject> => ({
    projectId: id,
    projectRevision: (await row(id)).revision,
  });
  const capped = async (perDay: number | null, perMonth: number | null = null) => {
    const { id } = await app.project();
    await database.update(ProjectEntity, { id }, { maxRequestsPerDay: perDay, maxRequestsPerMonth: perMonth });
    return judged(id);
  };
  /** `granted`, the code of the refusal, or the name of another error. */
  const outcome = (take: Promise<unknown>) =>
    take.then(
      () => 'granted',
      (error: unknown) => (error as Partial<ApiError>).code ?? (error as Error).name,
    );
  const takes = async (project: JudgedProject, count: number) =>
    Promise.all(Array.from({ length: count }, () => outcome(ledger.take(project))));
  const tally = (outcomes: string[]) =>
    Object.fromEntries(
      [...new Set(outcomes)].toSorted().map((what) => [what, outcomes.filter((one) => one === what).length]),
    );

  it('grants exactly min(caps, takes), however they arrive', async () => {
    const cap = fc.option(fc.integer({ min: 1, max: 60 }));
    const waves = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), cap, waves, async (perDay, perMonth, sizes) => {
        const project = await capped(perDay, perMonth);
        const running: Promise<string[]>[] = [];
        for (const size of sizes) {
          running.push(takes(project, size));
          if (size % 3 === 0) await Promise.all(running);
        }
        const outcomes = (await Promise.all(running)).flat();
        const granted = Math.min(perDay, perMonth ?? Infinity, outcomes.length);
        expect(outcomes.filter((one) => one === 'granted')).toHaveLength(granted);
        expect(outcomes.filter((one) => one === 'project_exhausted')).toHaveLength(outcomes.length - granted);
        expect(await used(project.projectId)).toBe(granted);
      }),
      { numRuns: 30 },
    );
  });

  it('grants what is given back, and never more', async () => {
    const project = await capped(10);
    const receipts = await Promise.all(Array.from({ length: 10 }, () => ledger.take(project)));
    const gifts = Promise.all(receipts.slice(0, 4).map((receipt) => ledger.giveBack(receipt)));
    const [meanwhile] = await Promise.all([takes(project, 5), gifts]);
    const more = [...meanwhile, ...(await takes(project, 20))].filter((one) => one === 'granted');
    expect(more).toHaveLength(4);
    expect(await used(project.projectId)).toBe(10);
  });

  it('combines the takes of a hot project: far fewer statements than requests', async () => {
    const project = await capped(1000);
    const take = vi.spyOn(sql, 'take');
    expect(tally(await takes(project, 200))).toEqual({ granted: 200 });
    expect(take.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('has requests judged again by a changed, closed or deleted project, and counts nothing', async () => {
    const project = await capped(5);
    const path = `/manage/projects/${project.projectId}`;
    await app.manage('PATCH', path, { name: 'another name' });
    expect(tally(await takes(project, 3))).toEqual({ ProjectChanged: 3 });
    await app.manage('PATCH', path, { is_active: false });
    expect(tally(await takes(await judged(project.projectId), 3))).toEqual({ ProjectChanged: 3 });
    await app.manage('DELETE', path);
    expect(tally(await takes(await judged(project.projectId), 3))).toEqual({ ProjectChanged: 3 });
    expect(await used(project.projectId)).toBe(0);
  });

  it('has requests judged again when there is room at a second look', async () => {
    const project = await capped(5);
    vi.spyOn(sql, 'take').mockResolvedValueOnce({ granted: 0, day: 0 });
    expect(await takes(project, 1)).toEqual(['ProjectChanged']);
  });

  it('grants no more than a cap that is lowered meanwhile, or what was counted before', async () => {
    const project = await capped(200);
    const path = `/manage/projects/${project.projectId}`;
    const [before, lowered, after] = await Promise.all([
      takes(project, 60),
      app.manage('PATCH', path, { max_requests_per_day: 30 }).then(async (answer) => answer.json()),
      takes(project, 60),
    ]);
    const granted = [...before, ...after].filter((one) => one === 'granted').length;
    const { requests_today: counted } = lowered as { requests_today: number };
    expect(granted).toBe(counted);
    expect(await used(project.projectId)).toBe(counted);
    const room = Math.max(0, 30 - counted);
    const more = await takes(await judged(project.projectId), 50);
    expect(more.filter((one) => one === 'granted')).toHaveLength(room);
  });

  it.runIf(onStore.driver === 'sqlite')('opens a window with the day and the month of its clock', async () => {
    const project = await capped(2, 3);
    const now = vi.spyOn(app.running.app.get(Clock), 'now');
    const at = async (instant: string, count: number) => {
      now.mockReturnValue(Date.parse(instant));
      return tally(await takes(project, count));
    };
    expect(await at('2027-11-29T23:59:59.999Z', 3)).toEqual({ granted: 2, project_exhausted: 1 });
    expect(await at('2027-11-30T00:00:00.000Z', 3)).toEqual({ granted: 1, project_exhausted: 2 });
    // A step back opens no window.
    expect(await at('2027-11-29T23:59:59.999Z', 3)).toEqual({ project_exhausted: 3 });
    expect(await at('2027-12-01T00:00:00.000Z', 3)).toEqual({ granted: 2, project_exhausted: 1 });
    expect(await at('2028-02-29T12:00:00.000Z', 3)).toEqual({ granted: 2, project_exhausted: 1 });
    expect(await at('2028-03-01T00:00:00.000Z', 1)).toEqual({ granted: 1 });
  });

  it('gives nothing back to a day that has not counted it', async () => {
    const project = await capped(5);
    const receipt = await ledger.take(project);
    const today = utcDay(Date.now());
    await database.update(ProjectEntity, { id: project.projectId }, { countDay: today + 1, dayCount: 3 });
    await ledger.giveBack(receipt);
    expect(await used(project.projectId)).toBe(3);
  });

  it('grants nothing when the outcome of a statement is unknown, and serves the next take', async () => {
    const project = await capped(100);
    const take = sql.take.bind(sql);
    let late: Promise<string>[] = [];
    // The statement was committed, its reply lost. Other takes have come meanwhile, and wait for the same database.
    vi.spyOn(sql, 'take').mockImplementationOnce(async (...values) => {
      late = Array.from({ length: 5 }, () => outcome(ledger.take(project)));
      await take(...values);
      throw new TypeORMError('the connection was lost');
    });
    expect(tally(await takes(project, 10))).toEqual({ store_unavailable: 10 });
    expect(tally(await Promise.all(late))).toEqual({ store_unavailable: 5 });
    expect(tally(await takes(project, 3))).toEqual({ granted: 3 });
    expect(await used(project.projectId)).toBe(13);
  });

  it('lets no request wait longer than the limit, and gives back what is granted later', async () => {
    const project = await capped(100);
    const take = sql.take.bind(sql);
    let respond!: () => void;
    const response = new Promise<void>((resolve) => (respond = resolve));
    vi.spyOn(sql, 'take').mockImplementationOnce(async (...values) => {
      const granted = await take(...values);
      await response;
      return granted;
    });
    const patient = Array.from({ length: 3 }, () => outcome(ledger.take(project)));
    const late = Array.from({ length: 7 }, () => outcome(ledger.take(project, 1e6)));
    expect(tally(await Promise.all(late))).toEqual({ store_unavailable: 7 });
    respond();
    expect(tally(await Promise.all(patient))).toEqual({ granted: 3 });
    await until('they are given back', async () => (await used(project.projectId)) === 3);
  });

  it('keeps a take counted that cannot be given back, and logs it', async () => {
    const project = await capped(1);
    const receipt: ProjectReceipt = await ledger.take(project);
    vi.spyOn(sql, 'giveBack').mockRejectedValue(new TypeORMError('the database is down'));
    await ledger.giveBack(receipt);
    expect(await used(project.projectId)).toBe(1);
    expect(app.log).toContain('a request could not be given back to its project');
  });
});
