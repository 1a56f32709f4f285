import { Logger } from '@nestjs/common';
import { TypeORMError } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Invalidated } from '../../changes/invalidated.js';
import { LedgerSql, type CountBatch } from './ledger.sql.js';
import { RequestCounter } from './request.counter.js';

/** A database that sums the counts, and fails or stalls on demand. */
class Database {
  readonly counts = new Map<string, number>();
  failures = 0;
  stall: Promise<void> | undefined;
  readonly batches: number[] = [];

  /** Of the last batch that was written; a lost answer comes after the writing. */
  private last = 0;
  lostResponses = 0;

  readonly add = async (_replica: string, { number, counts }: CountBatch): Promise<void> => {
    await this.stall;
    if (this.failures-- > 0) throw new TypeORMError('the database is down');
    if (number > this.last) this.write(counts);
    this.last = Math.max(this.last, number);
    if (this.lostResponses-- > 0) throw new TypeORMError('the connection was lost');
  };

  private write(usages: CountBatch['counts']): void {
    this.batches.push(usages.length);
    for (const { tokenId, requests } of usages) this.counts.set(tokenId, (this.counts.get(tokenId) ?? 0) + requests);
  }
}

describe(RequestCounter.name, () => {
  let database: Database;
  let counter: RequestCounter;
  beforeEach(() => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    database = new Database();
    counter = new RequestCounter(
      database as unknown as LedgerSql,
      { id: 'this', name: 'test', role: 'server' },
      { now: () => 1000 },
    );
    counter.onModuleInit();
  });
  afterEach(async () => {
    await counter.close();
    vi.useRealTimers();
  });
  const count = (id: string, times: number) => {
    for (let i = 0; i < times; i += 1) counter.count(id);
  };
  const soon = () => vi.advanceTimersByTimeAsync(300);

  it('writes in the background, all tokens at once', async () => {
    count('a', 3);
    count('b', 1);
    expect(database.counts.size).toBe(0);
    expect([counter.hasUnwritten('a'), counter.hasUnwritten('c')]).toEqual([true, false]);
    await soon();
    expect(Object.fromEntries(database.counts)).toEqual({ a: 3, b: 1 });
    expect(counter.hasUnwritten('a')).toBe(false);
    expect(database.batches).toEqual([2]);
  });

  it('writes at once what is counted of a token that is changed', async () => {
    count('a', 3);
    counter.onInvalidated(new Invalidated({ tokens: new Set(['b']) }));
    await vi.advanceTimersByTimeAsync(0);
    expect(database.counts.size).toBe(0);
    counter.onInvalidated(new Invalidated({ tokens: new Set(['b', 'a']) }));
    await vi.advanceTimersByTimeAsync(0);
    expect(database.counts.get('a')).toBe(3);
  });

  it('writes nothing when there is nothing to write', async () => {
    await soon();
    count('a', 1);
    counter.giveBack('a');
    await soon();
    expect([...database.counts]).toEqual([]);
    expect(database.batches).toEqual([]);
  });

  it('gives back what is written already', async () => {
    count('a', 2);
    await soon();
    counter.giveBack('a');
    await soon();
    expect(database.counts.get('a')).toBe(1);
  });

  it('writes again what a failed write lost, together with what came since', async () => {
    database.failures = 2;
    count('a', 3);
    await soon();
    count('a', 2);
    expect(database.counts.size).toBe(0);
    await soon();
    await soon();
    expect(database.counts.get('a')).toBe(5);
  });

  it('counts a batch once whose response was lost', async () => {
    database.lostResponses = 2;
    count('a', 3);
    await soon();
    count('a', 2);
    count('b', 1);
    await soon();
    await soon();
    await soon();
    expect(Object.fromEntries(database.counts)).toEqual({ a: 5, b: 1 });
    expect(counter.hasUnwritten('a')).toBe(false);
  });

  it('writes many tokens in batches, and after a failure only what is missing', async () => {
    for (let i = 0; i < 450; i += 1) counter.count(`t${i}`);
    const { add } = database;
    let calls = 0;
    vi.spyOn(database, 'add').mockImplementation(async (replica, batch) => {
      calls += 1;
      if (calls === 2) throw new TypeORMError('the database is down');
      await add(replica, batch);
    });
    await expect(counter.flush()).rejects.toThrow('the database is down');
    await counter.flush();
    expect(database.batches).toEqual([200, 200, 50]);
    expect([...database.counts.values()].every((n) => n === 1)).toBe(true);
    expect(database.counts.size).toBe(450);
  });

  it('has one write at a time, and flush waits for all that was counted', async () => {
    let go: () => void = () => undefined;
    database.stall = new Promise((resolve) => (go = resolve));
    count('a', 1);
    const first = counter.flush();
    count('a', 1);
    const second = counter.flush();
    expect(counter.hasUnwritten('a')).toBe(true);
    database.stall = undefined;
    go();
    await second;
    await first;
    expect(database.counts.get('a')).toBe(2);
    expect(counter.hasUnwritten('a')).toBe(false);
  });

  it('writes all at a stop, also what is being written and what fails at first', async () => {
    let go: () => void = () => undefined;
    database.stall = new Promise((resolve) => (go = resolve));
    count('a', 4);
    await soon();
    database.failures = 1;
    let stopped = false;
    const stop = counter.close().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).toBe(false);
    database.stall = undefined;
    go();
    await stop;
    expect(database.counts.get('a')).toBe(4);
  });

  it('gives up at a stop when the database stays down', async () => {
    database.failures = 99;
    count('a', 1);
    await counter.close();
    expect(database.counts.size).toBe(0);
    database.failures = 0;
  });
});
