import { describe, expect, inject, it } from 'vitest';
import { auditTrial } from './audit/audit.trial.js';
import type { Driver } from './checker.js';

const seed = Number(process.env['CHECKER_SEED'] ?? Date.now() % 2 ** 31);
/** A proof takes 100. The second of ten takes the database server. */
const kills = Number(process.env['AUDIT_KILLS'] ?? 2);
const LIMIT_MS = 120_000 + kills * 15_000;

// Each process of a trial ends with this one.
process.setMaxListeners(0);

const IS_THERE: Record<Driver, boolean> = {
  sqlite: true,
  postgres: inject('postgres') !== null,
  mysql: inject('mariadb') !== null,
};

describe.concurrent(`with clients that never stop, and processes that are killed (seed ${seed})`, () => {
  for (const driver of ['sqlite', 'postgres', 'mysql'] as const)
    it.skipIf(!IS_THERE[driver])(
      `every change has its row, every row its change, and the chain is whole, on ${driver}`,
      async () => {
        const verdict = await auditTrial(driver, kills, seed);
        process.stdout.write(verdict.line());
        expect(verdict.faults).toEqual([]);
      },
      LIMIT_MS,
    );
});
