import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURE_ENDS } from '../event/failure.ends.js';
import type { EventDatabase } from './event.database.js';
import type { Fold } from './event.draft.js';
import { QuarterSums } from './quarter.sums.js';
import { KEY_COLUMNS, PROJECTS, QUARTERS, SUM_COLUMNS, type SumTable } from './usage.columns.js';

/** What would be written: rows of the parameters. */
async function rowsOf(sums: QuarterSums, { name, keys }: SumTable = QUARTERS): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  const width = keys.length + SUM_COLUMNS.length;
  const execute = async (sql: string, parameters: readonly unknown[]): Promise<number> => {
    if (!sql.startsWith(`INSERT INTO ${name} `)) return 0;
    for (let at = 0; at < parameters.length; at += width) rows.push(parameters.slice(at, at + width));
    return parameters.length / width;
  };
  await sums.write({ dialect: 'sqlite', execute } as unknown as EventDatabase);
  return rows;
}

const fold: fc.Arbitrary<Fold> = fc.record({
  quarter: fc.constantFrom(0, 900_000),
  projectId: fc.constantFrom('a', 'b', ''),
  tokenId: fc.constantFrom('c', 'd'),
  model: fc.constantFrom('gpt-5.6', 'other'),
  route: fc.constantFrom('responses', 'other'),
  tier: fc.constant('default'),
  isError: fc.boolean(),
  end: fc.constantFrom(undefined, ...FAILURE_ENDS),
  usage: fc.constantFrom('provider', 'estimated', 'none'),
  isUnknown: fc.boolean(),
  isUnpriced: fc.boolean(),
  requests: fc.constantFrom(0, 1),
  figures: fc.record({ input: fc.nat(), output: fc.nat(), seconds: fc.nat(1000) }, { requiredKeys: [] }),
  costNanoUsd: fc.nat(),
});

describe(QuarterSums.name, () => {
  it('has one sum, however folds are ordered and divided', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fold, { maxLength: 200 }), fc.nat(200), async (folds, cut) => {
        const whole = new QuarterSums();
        whole.addAll(folds);
        const [first, second] = [new QuarterSums(), new QuarterSums()];
        first.addAll(folds.slice(cut).toReversed());
        second.addAll(folds.slice(0, cut));
        first.merge(second);
        const rows = await rowsOf(whole);
        expect(await rowsOf(first)).toEqual(rows);
        expect(rows.length).toBe(whole.size);
        const requests = rows.reduce((sum, row) => sum + Number(row[KEY_COLUMNS.length]), 0);
        expect(requests).toBe(folds.reduce((sum, one) => sum + one.requests, 0));
      }),
    );
  });

  it('has the same sums by quarter hour and project, each key once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fold, { maxLength: 200 }), async (folds) => {
        const sums = new QuarterSums();
        sums.addAll(folds);
        const expected = new Map<string, number[]>();
        for (const [quarter, project, , , , , ...values] of (await rowsOf(sums)) as number[][]) {
          const key = `${String(quarter)} ${String(project)}`;
          const known = expected.get(key);
          expected.set(
            key,
            values.map((value, at) => value + (known?.[at] ?? 0)),
          );
        }
        const rows = await rowsOf(sums, PROJECTS);
        expect(rows.length).toBe(expected.size);
        expect(
          new Map(rows.map(([quarter, project, ...values]) => [`${String(quarter)} ${String(project)}`, values])),
        ).toEqual(expected);
      }),
    );
  });

  it('sums estimates apart, and seconds as milliseconds', async () => {
    const one = {
      quarter: 0,
      projectId: 'a',
      tokenId: 'b',
      model: 'm',
      route: 'responses',
      tier: 'default',
      isError: false,
      end: undefined,
      isUnknown: false,
      isUnpriced: false,
      requests: 1,
    } as const;
    const sums = new QuarterSums();
    sums.add({ ...one, usage: 'estimated', figures: { input: 3, output: 4, cached: 1 }, costNanoUsd: 10 });
    sums.add({ ...one, usage: 'provider', figures: { input: 30, seconds: 1.234 }, costNanoUsd: 100 });
    const [row] = await rowsOf(sums);
    const named = Object.fromEntries([...KEY_COLUMNS, ...SUM_COLUMNS].map((name, at) => [name, row![at]]));
    expect(named).toMatchObject({ requests: 2, estimated: 1, estimated_input: 3, estimated_output: 4 });
    expect(named).toMatchObject({ estimated_cost_nano: 10, cost_nano: 100, input_tokens: 30, duration_ms: 1234 });
    expect(named).toMatchObject({ cached_tokens: 0, output_tokens: 0 });
  });
});
