import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { Freshness, POLL_MS } from '../replicas/freshness.js';
import type { ReplicaRegistry } from '../replicas/replica.registry.js';
import type { Change } from './change.js';
import { ChangeFeed } from './change.feed.js';
import { NoPush } from './change.push.js';
import type { ChangeReader, ChangesRead } from './change.reader.js';
import type { Position } from './revision.counter.js';
import { Invalidated } from './invalidated.js';

const at = (value: number, changedAt = value * 10): Position => ({ value, changedAt });
const invalidated = (...ids: string[]) => new Invalidated({ tokens: new Set(ids) });
const change = (position: Position) => ({ position, invalidated: invalidated(`t${position.value}`) }) as Change;

interface Reading {
  known: Position | undefined;
  /** The response of a database that has these revisions after the known one. */
  respond(position: Position): Promise<void>;
  fail(): Promise<void>;
}

describe(`${ChangeFeed.name} with overlapping readings`, () => {
  let feed: ChangeFeed;
  let readings: Reading[];
  let emitted: string[];
  let confirmed: number[];

  beforeEach(async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'setImmediate', 'clearInterval', 'clearTimeout', 'Date'],
    });
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
    [readings, emitted, confirmed] = [[], [], []];
    const config = { token: { staleGraceMs: 0 }, database: { driver: 'postgres', poolSize: 10 } } as AppConfig;
    const events = new EventEmitter2();
    events.on(Invalidated.topic, ({ tokens }: Invalidated) => emitted.push(...tokens));
    feed = new ChangeFeed(
      { since } as unknown as ChangeReader,
      { confirm: (value: number) => confirmed.push(value) } as unknown as ReplicaRegistry,
      new Freshness(config),
      new NoPush(),
      events,
      config,
    );
    feed.onApplicationBootstrap();
    await readings[0]!.respond(at(4));
    await begin(2);
  });
  afterEach(() => {
    clearInterval(feed['timer']);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** As the reader does: names what is new and not applied when the response arrives. */
  function since(known: Position | undefined, applied: ReadonlyMap<number, number>): Promise<ChangesRead> {
    return new Promise((resolve, reject) => {
      readings.push({
        known,
        respond: async (position) => {
          const from = known ?? position;
          const rows = Array.from({ length: Math.max(position.value - from.value, 0) }, (_, i) =>
            at(from.value + 1 + i),
          );
          const named = rows
            .filter(({ value, changedAt }) => applied.get(value) !== changedAt)
            .map(({ value, changedAt }) => ({ revision: value, changedAt }));
          const tokens = named.map(({ revision }) => `t${revision}`);
          resolve({ position, invalidated: tokens.length > 0 ? invalidated(...tokens) : undefined, named });
          await vi.advanceTimersByTimeAsync(0);
        },
        fail: async () => {
          reject(new Error('the connection was lost'));
          await vi.advanceTimersByTimeAsync(0);
        },
      });
    });
  }

  /** `readings` becomes these running ones. */
  async function begin(count: number): Promise<void> {
    readings = [];
    for (let polls = 0; polls < count; polls += 1) await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(readings).toHaveLength(count);
  }

  it('emits a change of another replica once, though two readings name it', async () => {
    await readings[0]!.respond(at(5));
    await readings[1]!.respond(at(6));
    expect(emitted).toEqual(['t5', 't6']);
    expect([feed['position'], feed['applied'].size]).toEqual([at(6), 0]);
  });

  it('ignores a reading that began before the last applied one', async () => {
    await readings[1]!.respond(at(5));
    await readings[0]!.respond(at(6));
    expect([emitted, confirmed]).toEqual([['t5'], [4, 5]]);
    expect(feed['position']).toEqual(at(5));
  });

  it('does not go back with a later reading that the database ran earlier', async () => {
    await readings[0]!.respond(at(6));
    await readings[1]!.respond(at(5));
    expect([emitted, confirmed]).toEqual([
      ['t5', 't6'],
      [4, 6, 6],
    ]);
    expect(feed['position']).toEqual(at(6));
  });

  it('goes back to the position of a restored backup', async () => {
    await readings[0]!.respond(at(4));
    await readings[1]!.respond(at(3, 99));
    expect(feed['position']).toEqual(at(3, 99));
  });

  it('keeps its own change for all readings that began before its commit', async () => {
    feed.apply(change(at(5)));
    await readings[0]!.respond(at(4));
    expect([feed['position'], [...feed['applied'].keys()]]).toEqual([at(4), [5]]);
    await readings[1]!.respond(at(5));
    expect(emitted).toEqual(['t5']);
    expect(feed['position']).toEqual(at(5));
  });

  it('keeps its own change while a reading from before it runs, though another one has read it', async () => {
    feed.apply(change(at(5)));
    await readings[0]!.respond(at(5));
    expect([...feed['applied'].keys()]).toEqual([5]);
    await readings[1]!.respond(at(6));
    expect(emitted).toEqual(['t5', 't6']);
    while (feed['applied'].size > 0) await readings.at(-1)!.respond(at(6));
  });

  it('emits its own change once, though a reading returned it before its commit did', async () => {
    await readings[0]!.respond(at(5));
    feed.apply(change(at(5)));
    await readings[1]!.respond(at(5));
    expect(emitted).toEqual(['t5']);
  });

  it('emits its own change that only an ignored reading has returned', async () => {
    await readings[1]!.respond(at(4));
    await readings[0]!.respond(at(5));
    feed.apply(change(at(5)));
    expect(emitted).toEqual(['t5']);
  });

  it('keeps its own change after a restored backup, though a reading from before it returns later', async () => {
    feed.apply(change(at(3, 99)));
    await readings[0]!.respond(at(4));
    expect([emitted, [...feed['applied'].keys()]]).toEqual([['t3'], [3]]);
  });

  it('forgets changes also when the last reading from before them fails', async () => {
    feed.apply(change(at(5)));
    await readings[0]!.respond(at(5));
    for (const reading of readings) await reading.fail();
    expect(feed['applied'].size).toBe(0);
  });
});
