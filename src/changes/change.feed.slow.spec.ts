import type { EventEmitter2 } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { Freshness } from '../replicas/freshness.js';
import type { ReplicaRegistry } from '../replicas/replica.registry.js';
import { ChangeFeed } from './change.feed.js';
import type { ChangePush } from './change.push.js';
import type { ChangeReader, ChangesRead } from './change.reader.js';

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe(`${ChangeFeed.name} on a slow database`, () => {
  /** How long the database takes for a response. */
  let responseMs = 0;
  let revision = 0;
  let most = 0;
  let running = 0;
  let freshness: Freshness;
  let feed: ChangeFeed;
  let confirmed: { revision: number; at: number }[];

  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'setImmediate', 'clearInterval', 'clearTimeout', 'Date'],
    });
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
    [responseMs, revision, most, running, confirmed] = [0, 0, 0, 0, []];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  function start(staleGraceMs = 60_000, poolSize = 10): void {
    const config = { token: { staleGraceMs }, database: { driver: 'postgres', poolSize } } as AppConfig;
    freshness = new Freshness(config);
    const since = async (): Promise<ChangesRead> => {
      most = Math.max(most, (running += 1));
      await wait(responseMs / 2);
      const value = revision;
      await wait(responseMs / 2);
      running -= 1;
      return { position: { value, changedAt: value }, invalidated: undefined, named: [] };
    };
    const push = { listen: () => undefined, close: async () => undefined } as unknown as ChangePush;
    const registry = { confirm: (value: number) => confirmed.push({ revision: value, at: Date.now() }) };
    const events = { emit: () => true } as unknown as EventEmitter2;
    feed = new ChangeFeed(
      { since } as unknown as ChangeReader,
      registry as unknown as ReplicaRegistry,
      freshness,
      push,
      events,
      config,
    );
    feed.onApplicationBootstrap();
  }

  /** True when cached tokens may be trusted all the time. */
  async function isCurrentFor(ms: number): Promise<boolean> {
    let isCurrent = true;
    for (let passed = 0; passed < ms; passed += 10) {
      await vi.advanceTimersByTimeAsync(10);
      isCurrent &&= freshness.isCurrent;
    }
    return isCurrent;
  }

  it.each([0, 100, 400, 600, 690])(
    'A3 keeps cached tokens trusted on a database that takes %i ms, without grace',
    async (ms) => {
      start(0);
      await isCurrentFor(500);
      responseMs = ms;
      expect(await isCurrentFor(10_000)).toBe(true);
      expect(most).toBeLessThanOrEqual(3);
    },
  );

  it.each([0, 100, 400, 690])(
    'A3 reads a change within a second of its commit on a database that takes %i ms',
    async (ms) => {
      start();
      responseMs = ms;
      await isCurrentFor(3000);
      for (let tries = 0; tries < 20; tries += 1) {
        revision += 1;
        const committedAt = Date.now();
        await vi.advanceTimersByTimeAsync(1037);
        const readAt = confirmed.find((one) => one.revision === revision)?.at;
        expect(readAt! - committedAt).toBeLessThanOrEqual(1000);
      }
    },
  );

  it('A3 keeps cached tokens trusted through an outage of the database, for the grace', async () => {
    start(5000);
    await isCurrentFor(1130);
    responseMs = 1e9;
    expect(await isCurrentFor(5500)).toBe(true);
    await isCurrentFor(1000);
    expect(freshness.isCurrent).toBe(false);
  });

  it.each([750, 880, 1500])('A3 treats a database that takes %i ms as one that does not respond', async (ms) => {
    start();
    await isCurrentFor(500);
    responseMs = ms;
    expect(await isCurrentFor(20_000)).toBe(true);
  });

  it('takes the time in which the process was suspended for no outage', async () => {
    start();
    await isCurrentFor(1000);
    responseMs = 500;
    await isCurrentFor(100);
    vi.setSystemTime(Date.now() + 30_000);
    expect(freshness.isCurrent).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(freshness.isCurrent).toBe(false);
    await vi.advanceTimersByTimeAsync(800);
    expect(freshness.isCurrent).toBe(true);
  });

  it('leaves most of a small pool to requests', async () => {
    start(0, 3);
    responseMs = 600;
    await isCurrentFor(5000);
    expect(most).toBe(1);
  });
});
