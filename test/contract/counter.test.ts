import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ApiError } from '../../src/common/errors/api.error.js';
import type { Counter, Demand, ConcurrencyLimit, Window } from '../../src/limits/counter.js';
import type { Grant } from '../../src/limits/grant.js';
import { MemoryCounter } from '../../src/limits/memory.counter.js';
import type { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { until } from '../support/app.js';
import { type OpenCounter, redisCounter } from '../support/limit.counters.js';

let ids = 0;
const newId = (): string => `id ${(ids += 1)}`;
const windowOf = (max: number, lengthMs = 60_000, scope: Window['scope'] = 'token'): Window => ({
  scope,
  id: newId(),
  max,
  lengthMs,
});
const slotOf = (max: number, scope: ConcurrencyLimit['scope'] = 'token'): ConcurrencyLimit => ({
  scope,
  id: newId(),
  max,
});
const only = (...windows: Window[]): Demand => ({ windows, slots: [] });

/** The grant, or the refusal. */
async function ask(counter: Counter, demand: Demand): Promise<Grant | ApiError> {
  try {
    return await counter.take(demand);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

async function askOften(counter: Counter, demand: Demand, times: number): Promise<Grant[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => ask(counter, demand)));
  return answers.filter((answer): answer is Grant => !(answer instanceof ApiError));
}

const codeOf = async (counter: Counter, demand: Demand): Promise<string | undefined> => {
  const answer = await ask(counter, demand);
  return answer instanceof ApiError ? answer.code : undefined;
};

function contract(name: string, isMissing: boolean, open: () => Promise<OpenCounter | { counter: Counter }>): void {
  describe.skipIf(isMissing)(`the counter in ${name}`, () => {
    let opened: OpenCounter | { counter: Counter };
    let counter: Counter;
    beforeAll(async () => {
      opened = await open();
      ({ counter } = opened);
    });
    afterAll(async () => ('close' in opened ? opened.close() : undefined));

    it('grants the limit and no more to concurrent callers', async () => {
      expect(await askOften(counter, only(windowOf(40)), 100)).toHaveLength(40);
    });

    it('names the time of the next grant, and grants then', async () => {
      const demand = only(windowOf(2, 3000));
      await askOften(counter, demand, 2);
      const askedAt = performance.now();
      const refusal = await ask(counter, demand);
      if (!(refusal instanceof ApiError)) throw new Error('it was granted');
      expect([refusal.status, refusal.code]).toEqual([429, 'rate_limit_exceeded']);
      expect(refusal.retryAfterMs).toBeGreaterThan(0);
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(3050);
      await until('it is granted', async () => (await codeOf(counter, demand)) === undefined);
      // A window that opened sooner would be too short; Redis has a clock of its own, in whole milliseconds.
      expect(performance.now()).toBeGreaterThan(askedAt + refusal.retryAfterMs! - 50);
    });

    it('names the longest wait of all windows that refuse', async () => {
      const [short, long] = [windowOf(1, 1000), windowOf(1, 60_000, 'all')];
      await ask(counter, only(short, long));
      const refusal = await ask(counter, only(short, long));
      expect(refusal).toMatchObject({ message: 'The rate limit of this server is reached.' });
      expect((refusal as ApiError).retryAfterMs).toBeGreaterThan(50_000);
    });

    it('counts in no window what another refuses', async () => {
      const [full, roomy] = [windowOf(1), windowOf(3, 60_000, 'address')];
      await ask(counter, only(full));
      expect(await askOften(counter, only(roomy, full), 10)).toHaveLength(0);
      expect(await askOften(counter, only(full, roomy), 10)).toHaveLength(0);
      expect(await askOften(counter, only(roomy), 10)).toHaveLength(3);
    });

    it('counts in no window what the slots refuse, and takes no slot for what a window refuses', async () => {
      const [roomy, full] = [windowOf(5), windowOf(1)];
      const slots = [slotOf(1)];
      const [grant] = await askOften(counter, { windows: [], slots }, 1);
      expect(await codeOf(counter, { windows: [roomy], slots })).toBe('concurrency_exceeded');
      grant!.release();
      await ask(counter, only(full));
      expect(await codeOf(counter, { windows: [full], slots })).toBe('rate_limit_exceeded');
      expect(await codeOf(counter, { windows: [], slots })).toBeUndefined();
      expect(await askOften(counter, only(roomy), 10)).toHaveLength(5);
    });

    it('has a slot again for every one released, once', async () => {
      const demand = { windows: [], slots: [slotOf(3)] };
      const grants = await askOften(counter, demand, 10);
      expect(grants).toHaveLength(3);
      grants[0]!.release();
      grants[0]!.release();
      expect(await askOften(counter, demand, 10)).toHaveLength(1);
    });

    it('frees the window and the slot of what is given back, once', async () => {
      const demand = { windows: [windowOf(2)], slots: [slotOf(2)] };
      const [first] = await askOften(counter, demand, 2);
      first!.giveBack();
      first!.giveBack();
      expect(await askOften(counter, demand, 10)).toHaveLength(1);
    });

    it('gives back a grant that was released before', async () => {
      const demand = { windows: [windowOf(1)], slots: [slotOf(1)] };
      const [first] = await askOften(counter, demand, 1);
      first!.release();
      first!.giveBack();
      expect(await askOften(counter, demand, 10)).toHaveLength(1);
    });

    it('grants by the fewer of two slots, and occupies neither for what the other refuses', async () => {
      const [token, project] = [slotOf(2), slotOf(3, 'project')];
      const other = { ...token, id: newId() };
      const grants = await askOften(counter, { windows: [], slots: [token, project] }, 10);
      expect(grants).toHaveLength(2);
      expect(await askOften(counter, { windows: [], slots: [other, project] }, 10)).toHaveLength(1);
      // The refused ones hold no slot of the token that has room.
      expect(await askOften(counter, { windows: [], slots: [other] }, 10)).toHaveLength(1);
      for (const grant of grants) grant.release();
      expect(await askOften(counter, { windows: [], slots: [token, project] }, 10)).toHaveLength(2);
      expect(await askOften(counter, { windows: [], slots: [project] }, 10)).toHaveLength(0);
    });

    it('names the slots that refuse, and counts in no window then', async () => {
      const [roomy, token, project] = [windowOf(5), slotOf(5), slotOf(1, 'project')];
      const [grant] = await askOften(counter, { windows: [], slots: [token, project] }, 1);
      const demand = { windows: [roomy], slots: [token, project] };
      expect(await ask(counter, demand)).toMatchObject({
        code: 'concurrency_exceeded',
        message: 'The limit of concurrent requests of the project is reached.',
      });
      expect(await ask(counter, { windows: [roomy], slots: [{ ...token, max: 1 }, project] })).toMatchObject({
        message: 'The limit of concurrent requests of the withering token is reached.',
      });
      grant!.giveBack();
      expect(await askOften(counter, demand, 3)).toHaveLength(1);
      expect(await askOften(counter, only(roomy), 10)).toHaveLength(4);
    });

    it('keeps the slots of a token and of a project with the same id apart', async () => {
      const slots = slotOf(1);
      expect(await askOften(counter, { windows: [], slots: [slots, { ...slots, scope: 'project' }] }, 3)).toHaveLength(
        1,
      );
    });

    it('keeps scopes, ids and tokens apart', async () => {
      const window = windowOf(1);
      await ask(counter, only(window));
      expect(await codeOf(counter, only({ ...window, scope: 'address' }))).toBeUndefined();
      expect(await codeOf(counter, only({ ...window, scope: 'project' }))).toBeUndefined();
      expect(await codeOf(counter, only({ ...window, id: newId() }))).toBeUndefined();
      expect(await codeOf(counter, only(window))).toBe('rate_limit_exceeded');
    });

    it('never has more running than the slots, and none in the end', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 4 }),
          fc.array(fc.constantFrom('take', 'release', 'giveBack'), { maxLength: 30 }),
          async (max, steps) => {
            const demand = { windows: [], slots: [slotOf(max)] };
            const grants: Grant[] = [];
            const granted: boolean[] = [];
            const hadRoom: boolean[] = [];
            for (const step of steps) {
              if (step !== 'take') {
                grants.shift()?.[step]();
                continue;
              }
              const answer = await ask(counter, demand);
              hadRoom.push(grants.length < max);
              granted.push(!(answer instanceof ApiError));
              if (!(answer instanceof ApiError)) grants.push(answer);
            }
            expect(granted).toEqual(hadRoom);
            for (const grant of grants) grant.release();
            expect(await askOften(counter, demand, max + 1)).toHaveLength(max);
          },
        ),
        { numRuns: 30 },
      );
    });

    it('overruns no window under callers that never stop', async () => {
      const [max, lengthMs] = [20, 300];
      const demand = only(windowOf(max, lengthMs));
      const passed: { asked: number; granted: number }[] = [];
      const caller = async (): Promise<void> => {
        while (passed.length < 4 * max) {
          const asked = performance.now();
          if (!((await ask(counter, demand)) instanceof ApiError)) passed.push({ asked, granted: performance.now() });
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.all(Array.from({ length: 10 }, caller));
      passed.sort((one, other) => one.granted - other.granted);
      // The counter counts a request between `asked` and `granted`: more than `max` in a window would show as a shorter span.
      const spans = passed.slice(max).map(({ granted }, i) => granted - passed[i]!.asked);
      expect(Math.min(...spans)).toBeGreaterThanOrEqual(lengthMs);
    });
  });
}

contract('memory', false, () => Promise.resolve({ counter: new MemoryCounter({ liveServers: 1 } as ReplicaRegistry) }));
contract('Redis', inject('redis') === null, () => redisCounter(inject('redis')!));
