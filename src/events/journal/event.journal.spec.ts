import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endedExchange, runningExchange } from '../../../test/support/ended.exchange.js';
import type { Notice } from '../event/proxy.event.js';
import { EventJournal } from './event.journal.js';
import { BATCH_EVENTS, type JournalBatch } from './journal.batch.js';
import { readOpenLines } from './open.line.js';

const NOTICE: Notice = { v: 1, id: 'n', kind: 'notice', type: 'sink.broken', at: '', replica: '', message: '' };

describe(EventJournal.name, () => {
  let posted: JournalBatch[];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] });
    posted = [];
  });
  afterEach(() => void vi.useRealTimers());
  const journal = (isStrict = false) => new EventJournal({ post: (batch) => void posted.push(batch) }, isStrict);
  const idsOf = (batch: JournalBatch) =>
    [
      ...Buffer.from(batch.text)
        .toString()
        .matchAll(/"id":"([^:]+):request"/g),
    ].map(([, id]) => id);

  it('posts events in order, 64 at once', () => {
    const events = journal();
    const exchanges = Array.from({ length: BATCH_EVENTS + 1 }, () => endedExchange());
    for (const exchange of exchanges) events.onClosed(exchange);
    expect(posted.map(({ count }) => count)).toEqual([BATCH_EVENTS]);
    vi.advanceTimersByTime(50);
    expect(posted.map(({ count, id }) => [id, count])).toEqual([[1, BATCH_EVENTS], [2, 1]]); // prettier-ignore
    expect(posted.flatMap(idsOf)).toEqual(exchanges.map(({ uuid }) => uuid));
  });

  it('waits for nothing when nothing is pending', () => {
    const events = journal();
    events.onClosed(endedExchange());
    vi.advanceTimersByTime(50);
    expect([posted.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('makes events of proxied exchanges alone', () => {
    const events = journal();
    events.onClosed(endedExchange({}, '/manage/tokens'));
    events.onClosed(endedExchange({}, '/health'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('records an exchange as open once, when it still runs after 50 ms', () => {
    const events = journal();
    const [long, short] = [runningExchange('/v1/responses'), runningExchange()];
    void events.begun(long);
    void events.begun(short);
    short.closedAt = performance.now();
    events.onClosed(short);
    vi.advanceTimersByTime(50);
    long.closedAt = performance.now();
    events.onClosed(long);
    vi.advanceTimersByTime(500);
    expect(posted.map(({ open }) => readOpenLines(open))).toMatchObject([
      [{ uuid: long.uuid, requestId: long.requestId, method: 'POST', route: 'responses', path: '/v1/responses' }],
      [],
    ]);
    expect(posted.map(idsOf)).toEqual([[short.uuid], [long.uuid]]);
  });

  it('hands everything over at its close', () => {
    const events = journal();
    const running = runningExchange();
    void events.begun(running);
    events.onClosed(endedExchange());
    void events.notify(NOTICE);
    events.close();
    expect(posted).toMatchObject([{ count: 1, notices: [NOTICE] }]);
    expect(readOpenLines(posted[0]!.open)).toMatchObject([{ uuid: running.uuid }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells of a notice once its batch is durable or lost', async () => {
    const events = journal();
    const early = ['a', 'b'].map(async (id) => events.notify({ ...NOTICE, id }));
    vi.advanceTimersByTime(50);
    const late = events.notify({ ...NOTICE, id: 'c' });
    vi.advanceTimersByTime(50);
    expect(posted.map(({ notices }) => notices.map(({ id }) => id))).toEqual([['a', 'b'], ['c']]);
    events.onDurable(1, ['b']);
    expect(await Promise.all(early)).toEqual(['known', 'first']);
    events.onLost(posted[1]!);
    expect(await late).toBe('lost');
  });

  it('tells of all batches that one append has made durable', async () => {
    const events = journal();
    const outcomes = ['a', 'b', 'c'].map(async (id) => {
      const outcome = events.notify({ ...NOTICE, id });
      vi.advanceTimersByTime(50);
      return outcome;
    });
    events.onDurable(3, ['a', 'c']);
    expect(await Promise.all(outcomes)).toEqual(['first', 'known', 'first']);
  });

  describe('strict', () => {
    const outcome = (begun: void | Promise<void>) =>
      Promise.resolve(begun).then(
        () => 'durable',
        (error: { code: string }) => error.code,
      );

    it('holds a request until its record is durable, those of one turn together', async () => {
      const events = journal(true);
      const outcomes = [events.begun(runningExchange()), events.begun(runningExchange())].map(outcome);
      vi.advanceTimersByTime(0);
      expect(posted.map(({ open }) => readOpenLines(open).length)).toEqual([2]);
      const later = outcome(events.begun(runningExchange()));
      vi.advanceTimersByTime(0);
      let isLaterDurable = false;
      void later.then(() => (isLaterDurable = true));
      events.onDurable(1, []);
      expect(await Promise.all(outcomes)).toEqual(['durable', 'durable']);
      expect(isLaterDurable).toBe(false);
      events.onDurable(2, []);
      expect(await later).toBe('durable');
    });

    it('refuses a request whose record is lost', async () => {
      const events = journal(true);
      const refused = outcome(events.begun(runningExchange()));
      vi.advanceTimersByTime(0);
      events.onLost(posted[0]!);
      expect(await refused).toBe('store_unavailable');
    });

    it('refuses a request whose record is not durable after 10 s', async () => {
      const refused = outcome(journal(true).begun(runningExchange()));
      vi.advanceTimersByTime(10_000);
      expect(await refused).toBe('store_unavailable');
    });
  });
});
