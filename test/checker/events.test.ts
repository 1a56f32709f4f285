import { describe, expect, inject, it } from 'vitest';
import { eventsTrial, outageTrial, type TrialOptions } from './events.trial.js';

const seed = Number(process.env['CHECKER_SEED'] ?? Date.now() % 2 ** 31);
const trials = Number(process.env['CHECKER_TRIALS'] ?? 3);
const LIMIT_MS = 180_000 + trials * 20_000;

// Each process of a trial ends with this one.
process.setMaxListeners(0);

const IS_THERE = {
  sqlite: true,
  postgres: inject('postgres') !== null,
  mysql: inject('mariadb') !== null,
};
const isRedisThere = inject('redis') !== null;

const ALL: readonly TrialOptions[] = [
  { driver: 'sqlite', durability: 'strict', bus: 'outbox' },
  { driver: 'sqlite', durability: 'batched', bus: 'outbox' },
  { driver: 'postgres', durability: 'strict', bus: 'outbox' },
  { driver: 'postgres', durability: 'batched', bus: 'outbox' },
  { driver: 'mysql', durability: 'strict', bus: 'outbox' },
  { driver: 'mysql', durability: 'batched', bus: 'outbox' },
  { driver: 'sqlite', durability: 'strict', bus: 'redis-streams' },
];

describe.concurrent(`with clients that never stop, and processes that are killed (seed ${seed})`, () => {
  for (const options of ALL) {
    const { driver, durability, bus } = options;
    it.skipIf(!IS_THERE[driver] || (bus === 'redis-streams' && !isRedisThere))(
      `every call is an event at every sink, and usage is their sum: ${driver}, ${durability}, by ${bus}`,
      async () => {
        const verdict = await eventsTrial(options, trials, seed);
        process.stdout.write(verdict.line());
        expect(verdict.faults).toEqual([]);
      },
      LIMIT_MS,
    );
  }

  for (const driver of ['postgres', 'mysql'] as const)
    it.skipIf(!IS_THERE[driver] || !isRedisThere)(
      `calls are served while Redis and the database are away, and no event is lost: ${driver}`,
      async () => {
        const verdict = await outageTrial({ driver, durability: 'batched', bus: 'redis-streams' }, seed);
        process.stdout.write(verdict.line());
        expect(verdict.faults).toEqual([]);
      },
      LIMIT_MS,
    );
});
