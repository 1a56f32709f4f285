import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UsageRow } from '../../events/event/event.queries.js';
import { INTERVALS, stepOf } from '../time/time.points.js';
import { csvOf } from './usage.csv.js';
import { fold, type Folded, METRICS, OTHER, type Priced, valueOf } from './usage.fold.js';
import { type Period, periodBefore, periodOf } from './usage.period.js';
import { Money, shares } from './usage.sums.js';

const QUARTER = 900_000;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Santiago', 'America/St_Johns'];
const START = Date.UTC(2026, 2, 1);

const row = (quarter: number, model: string, costNanoUsd: number, more: Partial<UsageRow> = {}): UsageRow => ({
  quarter,
  projectId: '',
  tokenId: '',
  model,
  route: 'responses',
  tier: 'default',
  requests: 1,
  errors: 0,
  ends: {},
  unknown: 0,
  unpriced: 0,
  estimated: 0,
  costNanoUsd,
  estimatedCostNanoUsd: 0,
  figures: {},
  estimatedInput: 0,
  estimatedOutput: 0,
  ...more,
});

const rows = fc.array(
  fc.record({
    quarter: fc.integer({ min: 0, max: 96 * 90 - 1 }),
    model: fc.constantFrom('a', 'b', 'c', 'd', 'e', OTHER, ''),
    costNanoUsd: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 2 ** 52 })),
    estimatedCostNanoUsd: fc.integer({ min: 0, max: 10_000 }),
    requests: fc.integer({ min: 1, max: 1000 }),
    errors: fc.integer({ min: 0, max: 1000 }),
    input: fc.integer({ min: 0, max: 1e9 }),
    output: fc.integer({ min: 0, max: 1e9 }),
  }),
  { maxLength: 60 },
);

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const sumOf = (parts: Iterable<Priced>, value: (part: Priced) => number): number => sum([...parts].map(value));

/** A range of up to 90 days from the first of March 2026, in some zone, cut in some way. */
const periods = fc
  .tuple(
    fc.constantFrom(...ZONES),
    fc.constantFrom(...INTERVALS),
    fc.nat(96 * 90 - 1),
    fc.integer({ min: 1, max: 96 * 90 }),
  )
  .map(([tz, interval, first, count]) => {
    const [from, to] = [START + first * QUARTER, START + (first + count) * QUARTER];
    return periodOf({ tz, interval, from: new Date(from).toISOString(), to: new Date(to).toISOString() }, 0);
  });

const within = ({ from, to }: Period, all: readonly UsageRow[]): UsageRow[] =>
  all.filter(({ quarter }) => quarter >= from && quarter < to);

describe(fold.name, () => {
  it('has every request in exactly one series and point, and sums that agree, rounded money too', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        periods,
        fc.constantFrom(...METRICS),
        fc.integer({ min: 1, max: 6 }),
        async (made, period, metric, top) => {
          const all = made.map(({ quarter, model, costNanoUsd, input, output, ...more }) =>
            row(START + quarter * QUARTER, model, costNanoUsd, { ...more, figures: { input, output } }),
          );
          const inside = within(period, all);
          const { series, totals } = await fold(inside, {
            starts: period.starts,
            keyOf: ({ model }) => model,
            metric,
            top,
          });
          expectAgreement({ series, totals });
          expect(totals.sums.requests).toBe(sum(inside.map(({ requests }) => requests)));
          const nano = inside.reduce((total, { costNanoUsd }) => total + BigInt(costNanoUsd), 0n);
          expect(BigInt(totals.costMicroUsd)).toBe((nano + 500n) / 1000n);
          expect(series.length).toBeLessThanOrEqual(top + 1);
          expect(series.map(({ key }) => key).indexOf(OTHER)).toBe(
            series.some(({ key }) => key === OTHER) ? series.length - 1 : -1,
          );
          const lines = [
            ...csvOf({ period, metric, totals, series: series.map((one) => ({ ...one, name: one.key })) }),
          ];
          const cells = lines.slice(1).map((line) => line.split(','));
          expect(sum(cells.map((cell) => Number(cell[11])))).toBe(totals.costMicroUsd);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has the same sums of rows that are summed by the steps of its points', async () => {
    await fc.assert(
      fc.asyncProperty(rows, periods, async (made, period) => {
        const all = within(
          period,
          made.map(({ quarter, model, costNanoUsd }) => row(START + quarter * QUARTER, model, costNanoUsd % 2 ** 30)),
        );
        const { at, ms } = stepOf(period.starts);
        const stepped = all.map((one) => ({ ...one, quarter: at + Math.floor((one.quarter - at) / ms) * ms }));
        const plan = { starts: period.starts, keyOf: ({ model }: UsageRow) => model, metric: 'cost', top: 3 } as const;
        expect(await fold(stepped, plan)).toEqual(await fold(all, plan));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['hours', 'UTC', 'hour', '2026-03-01T00:30:00Z', '2026-03-02T00:00:00Z', 3_600_000],
    ['hours of a zone beside the others', 'Asia/Kathmandu', 'hour', '2026-03-01', '2026-03-02', 3_600_000],
    ['days', 'UTC', 'day', '2026-03-01T05:00:00Z', '2026-04-02T00:00:00Z', 86_400_000],
    ['days, one of which has 23 hours', 'Europe/Berlin', 'day', '2026-03-01', '2026-04-02', 3_600_000],
    ['months', 'UTC', 'month', '2026-01-15', '2026-06-01', 86_400_000],
    ['one point', 'UTC', 'day', '2026-03-01T05:00:00Z', '2026-03-01T09:00:00Z', 86_400_000],
  ] as const)('the steps of %s', (_, tz, interval, from, to, ms) => {
    expect(stepOf(periodOf({ tz, interval, from, to }, 0).starts).ms).toBe(ms);
  });

  function expectAgreement({ series, totals }: Folded): void {
    for (const metric of METRICS) {
      expect(sumOf(series, (one) => valueOf(metric, one))).toBe(valueOf(metric, totals));
      for (const one of series)
        expect(sumOf(one.points.values(), (part) => valueOf(metric, part))).toBe(valueOf(metric, one));
    }
    const estimated = ({ estimatedCostMicroUsd }: Priced): number => estimatedCostMicroUsd;
    expect(sumOf(series, estimated)).toBe(totals.estimatedCostMicroUsd);
    for (const one of series) expect(sumOf(one.points.values(), estimated)).toBe(one.estimatedCostMicroUsd);
    for (const part of series.flatMap((one) => [one, ...one.points.values()])) {
      const { micro, nano } = part.sums.cost;
      expect(part.costMicroUsd).toBeGreaterThanOrEqual(micro);
      expect(part.costMicroUsd).toBeLessThanOrEqual(micro + (nano > 0 ? 1 : 0));
    }
  }

  it('lets other requests in while it sums many rows', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    const many = Array.from({ length: 20_001 }, (_, i) => row(START, `model ${i % 9}`, 1));
    const { totals } = await fold(many, { starts: [START], keyOf: ({ model }) => model, metric: 'cost', top: 7 });
    clearInterval(counting);
    expect(totals.costMicroUsd).toBe(20);
    expect(turns).toBeGreaterThan(0);
  });
});

describe(shares.name, () => {
  it('rounds the parts with the largest fractions up', () => {
    const parts = [400, 999, 1600, 0].map((nano) => {
      const money = new Money();
      money.addNano(nano);
      return money;
    });
    expect(shares(parts, 3)).toEqual([0, 1, 2, 0]);
    expect(shares(parts, 2)).toEqual([0, 1, 1, 0]);
  });
});

describe(periodBefore.name, () => {
  const before = (from: string, to: string, tz: string, interval: Period['interval']): string[] => {
    const period = periodBefore(periodOf({ from, to, tz, interval }, 0));
    return [period.from, period.to].map((instant) => new Date(instant).toISOString().slice(0, 16));
  };

  it.each([
    ['2026-11-01', '2026-12-01', 'UTC', 'month', '2026-10-01T00:00', '2026-11-01T00:00'],
    ['2026-03-01', '2026-04-01', 'Europe/Berlin', 'month', '2026-01-31T23:00', '2026-02-28T23:00'],
    ['2026-01-15', '2026-03-15', 'UTC', 'month', '2025-11-15T00:00', '2026-01-15T00:00'],
    ['2026-03-31', '2026-04-30', 'UTC', 'month', '2026-02-28T00:00', '2026-03-30T00:00'],
    ['2026-03-30', '2026-04-06', 'Europe/Berlin', 'day', '2026-03-22T23:00', '2026-03-29T22:00'],
    ['2026-11-01', '2026-11-02T06:00:00Z', 'UTC', 'day', '2026-10-30T00:00', '2026-10-31T06:00'],
    ['2026-11-01', '2026-11-01T06:00:00Z', 'UTC', 'hour', '2026-10-31T18:00', '2026-11-01T00:00'],
  ] as const)('of %s to %s in %s by %s is %s to %s', (from, to, tz, interval, ...expected) => {
    expect(before(from, to, tz, interval)).toEqual(expected);
  });

  it('ends where the period begins or earlier, and has as many days', () => {
    fc.assert(
      fc.property(periods, (period) => {
        const past = periodBefore(period);
        expect(past.from).toBeLessThan(past.to);
        expect(past.to).toBeLessThanOrEqual(period.from);
        const more = Math.abs(past.starts.length - period.starts.length);
        expect(period.interval !== 'day' || more <= 1).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
