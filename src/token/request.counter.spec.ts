import { Logger } from '@nestjs/common';
import { TypeORMError } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokensInvalidated } from '../changes/tokens.invalidated.js';
import { LedgerSql, type CountBatch } from './ledger.sql.js';
import { RequestCounter } from './request.counter.js';

/** A store that adds up, and fails or stalls as the test says. */
class Store {
  readonly counts = new Map<string, number>();
  failures = 0;
  stall: Promise<void> | undefined;
  readonly batches: number[] = [];

  /** Of the last batch that was written; a lost answer comes after the writing. */
  private last = 0;
  lostAnswers = 0;

  readonly add = async (_replica: string, { number, counts }: CountBatch): Promise<void> => {
    await this.stall;
    if (this.failures-- > 0) throw new TypeORMError('the store is down');
    if (number > this.last) this.write(counts);
    this.last = Math.max(this.last, number);
    if (this.lostAnswers-- > 0) throw new TypeORMError('the connection was lost');
  };

  private write(usages: CountBatch['counts']): void {
    this.batches.push(usages.length);
    for (const { tokenId, requests } of usages) this.counts.set(tokenId, (this.counts.get(tokenId) ?? 0) + requests);
  }
}

describe(RequestCounter.name, () => {
  let store: Store;
  let counter: RequestCounter;
  beforeEach(() => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    store = new Store();
    counter = new RequestCounter(
      store as unknown as LedgerSql,
      { id: 'this', name: 'test', role: 'server' },
      { now: () => 1000 },
    );
    counter.onModuleInit();
  });
  afterEach(async () => {
    await counter.beforeApplicationShutdown();
    vi.useRealTimers();
  });
  const count = (id: string, times: number) => {
    for (let i = 0; i < times; i += 1) counter.count(id);
  };
  const soon = () => vi.advanceTimersByTimeAsync(300);

  it('writes behind the answers, all tokens at once', async () => {
    count('a', 3);
    count('b', 1);
    expect(store.counts.size).toBe(0);
    expect([counter.hasUnwritten('a'), counter.hasUnwritten('c')]).toEqual([true, false]);
    await soon();
    expect(Object.fromEntries(store.counts)).toEqual({ a: 3, b: 1 });
    expect(counter.hasUnwritten('a')).toBe(false);
    expect(store.batches).toEqual([2]);
  });

  it('writes at once what is counted of a token that is changed', async () => {
    count('a', 3);
    counter.onTokensInvalidated(new TokensInvalidated(new Set(['b']), new Set(), false));
    await vi.advanceTimersByTimeAsync(0);
    expect(store.counts.size).toBe(0);
    counter.onTokensInvalidated(new TokensInvalidated(new Set(['b', 'a']), new Set(), false));
    await vi.advanceTimersByTimeAsync(0);
    expect(store.counts.get('a')).toBe(3);
  });

  it('writes nothing when there is nothing to write', async () => {
    await soon();
    count('a', 1);
    counter.giveBack('a');
    await soon();
    expect([...store.counts]).toEqual([]);
    expect(store.batches).toEqual([]);
  });

  it('gives back what is written already', async () => {
    count('a', 2);
    await soon();
    counter.giveBack('a');
    await soon();
    expect(store.counts.get('a')).toBe(1);
  });

  it('writes again what a failed write lost, together with what came since', async () => {
    store.failures = 2;
    count('a', 3);
    await soon();
    count('a', 2);
    expect(store.counts.size).toBe(0);
    await soon();
    await soon();
    expect(store.counts.get('a')).toBe(5);
  });

  it('counts once what was written although its answer was lost', async () => {
    store.lostAnswers = 2;
    count('a', 3);
    await soon();
    count('a', 2);
    count('b', 1);
    await soon();
    await soon();
    await soon();
    expect(Object.fromEntries(store.counts)).toEqual({ a: 5, b: 1 });
    expect(counter.hasUnwritten('a')).toBe(false);
  });

  it('writes many tokens in batches, and after a failure only what is missing', async () => {
    for (let i = 0; i < 450; i += 1) counter.count(`t${i}`);
    const { add } = store;
    let calls = 0;
    vi.spyOn(store, 'add').mockImplementation(async (replica, batch) => {
      calls += 1;
      if (calls === 2) throw new TypeORMError('the store is down');
      await add(replica, batch);
    });
    await expect(counter.flush()).rejects.toThrow('the store is down');
    await counter.flush();
    expect(store.batches).toEqual([200, 200, 50]);
    expect([...store.counts.values()].every((n) => n === 1)).toBe(true);
    expect(store.counts.size).toBe(450);
  });

  it('has one write at a time, and flush waits for all that was counted', async () => {
    let go: () => void = () => undefined;
    store.stall = new Promise((resolve) => (go = resolve));
    count('a', 1);
    const first = counter.flush();
    count('a', 1);
    const second = counter.flush();
    expect(counter.hasUnwritten('a')).toBe(true);
    store.stall = undefined;
    go();
    await second;
    await first;
    expect(store.counts.get('a')).toBe(2);
    expect(counter.hasUnwritten('a')).toBe(false);
  });

  it('writes all at a stop, also what is being written and what fails at first', async () => {
    let go: () => void = () => undefined;
    store.stall = new Promise((resolve) => (go = resolve));
    count('a', 4);
    await soon();
    store.failures = 1;
    let stopped = false;
    const stop = counter.beforeApplicationShutdown().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).toBe(false);
    store.stall = undefined;
    go();
    await stop;
    expect(store.counts.get('a')).toBe(4);
  });

  it('gives up at a stop when the store is gone for good', async () => {
    store.failures = 99;
    count('a', 1);
    await counter.beforeApplicationShutdown();
    expect(store.counts.size).toBe(0);
    store.failures = 0;
  });
});
