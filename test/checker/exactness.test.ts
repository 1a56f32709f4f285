import { describe, expect, inject, it } from 'vitest';
import { checkCrowd, checkProjects, checkRevocation, checkSpending, type Driver, type Verdict } from './checker.js';

const seed = Number(process.env['CHECKER_SEED'] ?? Date.now() % 2 ** 31);
const trials = Number(process.env['CHECKER_TRIALS'] ?? 3);
const LIMIT_MS = 120_000 + trials * 20_000;

const postgres = inject('postgres') !== null;
const mariadb = inject('mariadb') !== null;
const redis = inject('redis');

const DRIVERS: readonly Driver[] = ['sqlite', 'postgres', 'mysql'];
const isMissing = (driver: Driver): boolean => !{ sqlite: true, postgres, mysql: mariadb }[driver];

const tell = (verdict: Verdict): Verdict => {
  process.stdout.write(verdict.line());
  return verdict;
};

describe(`with clients that never stop, and processes that are killed (seed ${seed})`, () => {
  for (const driver of DRIVERS) {
    it.skipIf(isMissing(driver))(
      `no cap is overrun, under kills, while it is moved or its token is replaced, and every take is accounted for, on ${driver}`,
      async () => {
        const { faults, overspend } = tell(await checkSpending(driver, trials, seed));
        expect({ faults, overspend }).toEqual({ faults: [], overspend: 0 });
      },
      LIMIT_MS,
    );
  }

  for (const driver of DRIVERS)
    it.skipIf(isMissing(driver))(
      `no cap of a project is overrun by its tokens, under kills or while it is moved, on ${driver}`,
      async () => {
        const { faults, overspend } = tell(await checkProjects(driver, trials, seed));
        expect({ faults, overspend }).toEqual({ faults: [], overspend: 0 });
      },
      LIMIT_MS,
    );

  for (const driver of ['postgres', 'mysql'] as const)
    it.skipIf(isMissing(driver))(
      `of 600 clients at once on three replicas, a cap of 500 serves 500: ${driver}`,
      async () => {
        const { served, exhausted, undecided, others, upstream, counted } = await checkCrowd(driver, 500, 600);
        expect({ others, counted, answered: served + exhausted }).toEqual({ others: [], counted: 500, answered: 600 });
        expect(upstream).toBe(served);
        // A take that a slow machine decided too late for its client is counted.
        expect(served).toBeLessThanOrEqual(500);
        expect(served).toBeGreaterThanOrEqual(500 - undecided);
      },
      LIMIT_MS,
    );

  for (const [driver, push, needsRedis] of [
    ['postgres', 'LISTEN and NOTIFY', false],
    ['postgres', 'Redis', true],
    ['mysql', 'Redis', true],
    ['mysql', 'the poll alone', false],
  ] as const)
    it.skipIf(isMissing(driver) || (needsRedis && redis === null))(
      `what is taken away on one replica is refused by the others in time: ${driver}, by ${push}`,
      async () => {
        const variables = needsRedis ? { REDIS_URL: redis! } : {};
        expect(tell(await checkRevocation(driver, push, trials, seed, variables)).faults).toEqual([]);
      },
      LIMIT_MS,
    );
});
