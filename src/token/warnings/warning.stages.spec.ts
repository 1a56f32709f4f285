import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_INSTANT } from '../../common/values/limits.js';
import { firstWarnings, NO_MORE, NO_WARNINGS, scheduleOf, warningColumns, type WarnedToken } from './warning.stages.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 28);
const PERCENTS = [20, 5];

const token = (fields: Partial<WarnedToken> = {}): WarnedToken => ({
  isActive: true,
  createdAt: NOW,
  expiresAt: NOW + 100 * DAY,
  maxRequests: null,
  requestCount: 0,
  lastUsedAt: null,
  accountId: null,
  warnAt: 0,
  warnCount: 0,
  ...fields,
});

describe(scheduleOf, () => {
  it('names the next stage of a fresh token, which has none due', () => {
    expect(scheduleOf(token({ maxRequests: 100 }), PERCENTS, NOW)).toEqual({
      due: [],
      warnAt: NOW + 80 * DAY,
      warnCount: 80,
    });
  });

  it('has no cap stage without a cap', () => {
    expect(scheduleOf(token(), PERCENTS, NOW).warnCount).toBe(NO_MORE);
  });

  it('warns when a fifth is left, and never again of it', () => {
    const seen = token({ warnAt: NOW + 80 * DAY });
    const at = NOW + 81 * DAY;
    const first = scheduleOf(seen, PERCENTS, at);
    expect(first.due).toEqual([{ of: 'time', percent: 20, key: `time-20-${NOW + 100 * DAY}` }]);
    expect(scheduleOf({ ...seen, ...first }, PERCENTS, at).due).toEqual([]);
    expect(first.warnAt).toBe(NOW + 95 * DAY);
  });

  it('sends the gravest of several stages', () => {
    const late = scheduleOf(
      token({ warnAt: NOW + 80 * DAY, maxRequests: 100, requestCount: 97 }),
      PERCENTS,
      NOW + 99 * DAY,
    );
    expect(late.due.map(({ key }) => key)).toEqual([`time-5-${NOW + 100 * DAY}`, 'cap-5-100']);
  });

  it('tells of the end with the id that a refusal had before', () => {
    const ended = token({ maxRequests: 10, requestCount: 10, lastUsedAt: NOW, warnAt: 1, warnCount: 1 });
    const { due, warnAt, warnCount } = scheduleOf(ended, PERCENTS, ended.expiresAt);
    expect(due.map(({ of, key }) => [of, key])).toEqual([
      ['time', String(ended.expiresAt)],
      ['cap', '10'],
    ]);
    expect([warnAt, warnCount]).toEqual([NO_MORE, NO_MORE]);
  });

  it('is silent about what ended long before the upgrade, and not about what still lives', () => {
    const old = token({ maxRequests: 10, requestCount: 10, lastUsedAt: NOW });
    expect(scheduleOf(old, PERCENTS, old.expiresAt + 2 * DAY).due).toEqual([]);
    expect(scheduleOf(token(), PERCENTS, NOW + 85 * DAY).due).toHaveLength(1);
    expect(scheduleOf(token({ warnAt: 1 }), PERCENTS, NOW + 200 * DAY).due).toHaveLength(1);
  });

  it('passes over the stages of a replaced token without a warning', () => {
    const guest = token({ accountId: 'successor', warnAt: NOW + 80 * DAY });
    expect(scheduleOf(guest, PERCENTS, NOW + 81 * DAY)).toMatchObject({ due: [], warnAt: NOW + 95 * DAY });
  });

  it('has nothing to come for a revoked token', () => {
    const revoked = token({ isActive: false, warnAt: NOW + 80 * DAY, maxRequests: 10 });
    expect(scheduleOf(revoked, PERCENTS, NOW + 81 * DAY)).toEqual({ due: [], ...NO_WARNINGS });
  });

  it('does not call an expired token withering', () => {
    const expired = token({ maxRequests: 10, requestCount: 9, warnAt: NO_MORE });
    expect(scheduleOf(expired, PERCENTS, expired.expiresAt + DAY).due).toEqual([]);
  });

  it('has only the end when no percents are set', () => {
    expect(scheduleOf(token({ maxRequests: 7 }), [], NOW)).toEqual({ due: [], warnAt: NOW + 100 * DAY, warnCount: 7 });
  });

  it('sends stages that new settings add when they are to come', () => {
    const seen = token({ warnAt: NOW + 95 * DAY });
    expect(scheduleOf(seen, [50, 20], NOW + 96 * DAY).due).toEqual([]);
    expect(scheduleOf(seen, [20, 2], NOW + 98 * DAY).due.map(({ percent }) => percent)).toEqual([2]);
  });

  const percents = fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })
    .map((all) => all.sort((a, b) => b - a));

  it('sends each stage at most once and in order, however often and late it looks', () => {
    fc.assert(
      fc.property(
        percents,
        fc.integer({ min: 1, max: NO_MORE - 1 }),
        fc.integer({ min: 60_000, max: MAX_INSTANT - NOW }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
          maxLength: 30,
        }),
        (all, maxRequests, lifetime, looks) => {
          const current = token({ maxRequests, expiresAt: NOW + lifetime });
          const sent: string[] = [];
          let [now, requestCount] = [NOW, 0];
          for (const [time, part] of [...looks, [1, 1] as const]) {
            now = Math.max(now, Math.min(current.expiresAt, NOW + Math.ceil(lifetime * time)));
            requestCount = Math.max(requestCount, Math.floor(maxRequests * part));
            Object.assign(current, { requestCount, lastUsedAt: now });
            const { due, warnAt, warnCount } = scheduleOf(current, all, now);
            for (const { of, percent } of due) sent.push(`${of} ${100 - percent}`);
            expect(scheduleOf({ ...current, warnAt, warnCount }, all, now).due).toEqual([]);
            Object.assign(current, { warnAt, warnCount });
          }
          for (const of of ['time', 'cap']) {
            const order = sent.filter((one) => one.startsWith(of)).map((one) => Number(one.split(' ')[1]));
            expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
            expect(order.at(-1)).toBe(100);
          }
        },
      ),
    );
  });

  it('sends every stage that has a request or a millisecond of its own to a look at each', () => {
    const current = token({ maxRequests: 100, expiresAt: NOW + 100 });
    const sent: string[] = [];
    for (let step = 0; step <= 100; step += 1) {
      Object.assign(current, { requestCount: step, lastUsedAt: NOW });
      const { due, warnAt, warnCount } = scheduleOf(current, [50, 20, 5], NOW + step);
      for (const { of, percent } of due) sent.push(`${step} ${of} ${percent}`);
      Object.assign(current, { warnAt, warnCount });
    }
    expect(sent).toEqual(
      [50, 20, 5, 0].flatMap((percent) => [`${100 - percent} time ${percent}`, `${100 - percent} cap ${percent}`]),
    );
  });
});

describe(warningColumns, () => {
  const before = { isActive: true, expiresAt: NOW + DAY, maxRequests: 10, warnAt: NOW + DAY / 2 };

  it('is empty when neither changes', () => {
    expect(warningColumns(before, { expiresAt: before.expiresAt, maxRequests: 10 }, NOW)).toEqual({});
    expect(warningColumns(before, {}, NOW)).toEqual({});
  });

  it('begins anew for a new expiry', () => {
    expect(warningColumns(before, { expiresAt: NOW + 2 * DAY }, NOW)).toEqual({ warnAt: 0 });
  });

  it('asks for a look at a new cap and repeats no stage of time', () => {
    expect(warningColumns(before, { maxRequests: null }, NOW)).toEqual({ warnAt: NOW, warnCount: 0 });
    expect(warningColumns({ ...before, warnAt: 0 }, { maxRequests: 5 }, NOW)).toEqual({ warnAt: 0, warnCount: 0 });
    expect(warningColumns(before, { maxRequests: 5, expiresAt: NOW + 2 * DAY }, NOW)).toEqual({
      warnAt: 0,
      warnCount: 0,
    });
  });

  it('ends with a revocation, and begins anew when the token is active again', () => {
    expect(warningColumns(before, { isActive: false, expiresAt: NOW + 2 * DAY }, NOW)).toEqual(NO_WARNINGS);
    const revoked = { ...before, ...NO_WARNINGS, isActive: false };
    expect(warningColumns(revoked, { expiresAt: NOW + 2 * DAY, maxRequests: 5 }, NOW)).toEqual({});
    expect(warningColumns(revoked, { isActive: true }, NOW)).toEqual({ warnAt: 0, warnCount: 0 });
    expect(warningColumns(before, { isActive: true }, NOW)).toEqual({});
  });

  it('begins anew when an expired token gets a new expiry', () => {
    const expired = { ...before, ...NO_WARNINGS, expiresAt: NOW };
    expect(warningColumns(expired, { expiresAt: NOW + DAY }, NOW)).toEqual({ warnAt: 0, warnCount: 0 });
  });
});

describe(firstWarnings, () => {
  it('are the first stages of a fresh token', () => {
    const columns = { warnAt: NOW + 80 * DAY, warnCount: 80 };
    expect(firstWarnings(token({ maxRequests: 100 }), PERCENTS, NOW)).toEqual(columns);
  });

  it('leave out what was told of the replaced token, and ask for a look at what was not', () => {
    const used = { maxRequests: 100, requestCount: 85 };
    const time = NOW + 80 * DAY;
    expect(firstWarnings(token({ ...used, warnCount: 95 }), PERCENTS, NOW)).toEqual({ warnAt: time, warnCount: 95 });
    expect(firstWarnings(token({ ...used, warnCount: 80 }), PERCENTS, NOW)).toEqual({ warnAt: 0, warnCount: 80 });
  });
});
