import { describe, expect, inject, it } from 'vitest';
import { checkCrowd, checkRevocation, checkSpending, type Driver, type Verdict } from './checker/checker.js';

const seed = Number(process.env['CHECKER_SEED'] ?? Date.now() % 2 ** 31);
const trials = Number(process.env['CHECKER_TRIALS'] ?? 3);
const LIMIT_MS = 120_000 + trials * 20_000;

const postgres = inject('postgres') !== null;
const mariadb = inject('mariadb') !== null;
const redis = inject('redis');

const tell = (verdict: Verdict): Verdict => {
  process.stdout.write(verdict.line());
  return verdict;
};

describe(`with clients that never stop, and processes that are killed (seed ${seed})`, () => {
  it.skipIf(!postgres || !mariadb).each<Driver>(['sqlite', 'postgres', 'mysql'])(
    'no cap is overrun and every take is accounted for, on %s',
    async (driver) => {
      const { faults, overspend } = tell(await checkSpending(driver, trials, seed));
      expect({ faults, overspend }).toEqual({ faults: [], overspend: 0 });
    },
    LIMIT_MS,
  );

  it.skipIf(!postgres || !mariadb).each(['postgres', 'mysql'] as const)(
    'of 600 clients at once on three replicas, a cap of 500 serves 500: %s',
    async (driver) => {
      expect(await checkCrowd(driver, 500, 600)).toEqual({
        served: 500,
        exhausted: 100,
        others: [],
        upstream: 500,
        counted: 500,
      });
    },
    LIMIT_MS,
  );

  it.skipIf(!postgres || !mariadb || redis === null).each([
    ['postgres', 'LISTEN and NOTIFY', {}],
    ['postgres', 'Redis', { REDIS_URL: redis ?? undefined }],
    ['mysql', 'Redis', { REDIS_URL: redis ?? undefined }],
    ['mysql', 'the poll alone', {}],
  ] as const)(
    'a token that is revoked on one replica is refused by the others in time: %s, by %s',
    async (driver, push, variables) => {
      const { faults } = tell(await checkRevocation(driver, push, trials, seed, variables));
      expect(faults).toEqual([]);
    },
    LIMIT_MS,
  );
});
