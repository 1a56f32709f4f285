import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBus } from '../../src/events/event/event.bus.js';

/** A bus with nothing in it. */
export interface BusUnderTest {
  bus: EventBus;
  /** Publishes events as a server does; resolves when sinks may claim them. */
  publish(lines: readonly string[]): Promise<void>;
  /** The same bus in another process; undefined when there can be none. */
  other?(): Promise<EventBus>;
  /** Lets the leases of processes that do nothing end; needed with `other`. */
  endLeases?(): Promise<void>;
  drop(): Promise<void>;
}

const lineOf = (n: number): string => JSON.stringify({ v: 1, id: `e${n}:request`, kind: 'request', at: '' });
const linesFrom = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => lineOf(from + n));
const linesOf = (batches: readonly { lines: readonly string[] }[]): string[] => batches.flatMap(({ lines }) => lines);

/** What every bus does. */
export function busContract(make: () => Promise<BusUnderTest>): void {
  describe('as every bus', () => {
    let under: BusUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.bus.close();
      await under.drop();
    });

    it('gives a sink the events that were published after its registration, in order', async () => {
      const { bus, publish } = under;
      await publish(linesFrom(0, 3));
      await bus.register('a');
      expect(await bus.claim('a', 10)).toEqual([]);
      await publish(linesFrom(10, 2));
      await publish(linesFrom(20, 1));
      expect(linesOf(await bus.claim('a', 10))).toEqual([...linesFrom(10, 2), lineOf(20)]);
    });

    it('gives a batch again with the same id until it is acknowledged', async () => {
      const { bus, publish } = under;
      await bus.register('a');
      await publish(linesFrom(0, 2));
      await publish(linesFrom(2, 2));
      const [first] = await bus.claim('a', 1);
      expect(first!.lines).toEqual(linesFrom(0, 2));
      expect(await bus.claim('a', 1)).toEqual([first]);
      await bus.acknowledge('a', first!);
      await bus.acknowledge('a', first!);
      const [second, ...more] = await bus.claim('a', 10);
      expect([second!.lines, more]).toEqual([linesFrom(2, 2), []]);
      expect(second!.id).not.toBe(first!.id);
      await bus.acknowledge('a', second!);
      expect(await bus.claim('a', 10)).toEqual([]);
    });

    it('keeps the sinks apart', async () => {
      const { bus, publish } = under;
      await bus.register('a');
      await bus.register('b');
      await publish(linesFrom(0, 1));
      for (const batch of await bus.claim('a', 10)) await bus.acknowledge('a', batch);
      expect(await bus.claim('a', 10)).toEqual([]);
      expect(linesOf(await bus.claim('b', 10))).toEqual(linesFrom(0, 1));
      expect(await bus.claim('c', 10)).toEqual([]);
    });

    it('registers a sink once, and forgets what was for one that is removed', async () => {
      const { bus, publish } = under;
      await bus.register('a');
      await publish(linesFrom(0, 1));
      await bus.register('a');
      expect(linesOf(await bus.claim('a', 10))).toEqual(linesFrom(0, 1));
      await bus.remove('a');
      await bus.register('a');
      expect(await bus.claim('a', 10)).toEqual([]);
      expect(await bus.lag('a')).toEqual({ events: 0, seconds: 0 });
    });

    it('says how far a sink is behind', async () => {
      const { bus, publish } = under;
      await bus.register('a');
      expect(await bus.lag('a')).toEqual({ events: 0, seconds: 0 });
      await publish(linesFrom(0, 3));
      await publish(linesFrom(3, 2));
      const { events, seconds } = await bus.lag('a');
      expect(events).toBe(5);
      expect(seconds).toBeGreaterThanOrEqual(0);
      const [first] = await bus.claim('a', 1);
      await bus.acknowledge('a', first!);
      expect((await bus.lag('a')).events).toBe(2);
    });

    it('takes events that are refused for good, also twice', async () => {
      const { bus, publish } = under;
      await bus.register('a');
      await publish(linesFrom(0, 2));
      const [batch] = await bus.claim('a', 1);
      const dead = { eventId: 'e0:request', line: lineOf(0), reason: 'status 400', tries: 1 };
      await bus.bury('a', [dead]);
      await bus.bury('a', [dead]);
      await bus.acknowledge('a', batch!);
      expect(await bus.claim('a', 10)).toEqual([]);
    });

    it('loses nothing of many events in batches of any size', async () => {
      const { bus, publish } = under;
      await bus.register('a');
      await publish(linesFrom(0, 150));
      const seen: string[] = [];
      for (;;) {
        const batches = await bus.claim('a', 2);
        if (batches.length === 0) break;
        for (const batch of batches) {
          seen.push(...batch.lines);
          await bus.acknowledge('a', batch);
        }
      }
      expect(seen).toEqual(linesFrom(0, 150));
    });

    it('gives a sink to one process, to another after its release or its end', async () => {
      const { bus, publish, other, endLeases } = under;
      if (!other || !endLeases) return;
      const second = await other();
      await bus.register('a');
      await publish(linesFrom(0, 2));
      expect(linesOf(await bus.claim('a', 10))).toEqual(linesFrom(0, 2));
      expect(await second.claim('a', 10)).toEqual([]);
      await bus.release('a');
      expect(linesOf(await second.claim('a', 10))).toEqual(linesFrom(0, 2));
      expect(await bus.claim('a', 10)).toEqual([]);
      await bus.release('a');
      expect(await bus.claim('a', 10)).toEqual([]);
      await endLeases();
      expect(linesOf(await bus.claim('a', 10))).toEqual(linesFrom(0, 2));
      await second.close();
    });
  });
}
