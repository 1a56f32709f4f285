import { describe, expect, it } from 'vitest';
import { BatchQueue } from './batch.queue.js';
import type { JournalBatch } from './journal.batch.js';

const batch = (id: number, { count = 10, bytes = 100 } = {}): JournalBatch => ({
  id,
  count,
  bytes,
  text: new Uint8Array(),
  facts: new Float64Array(0),
  strings: [],
  late: [],
  open: '',
  notices: [],
});

describe(BatchQueue.name, () => {
  const lost: number[] = [];
  const queue = (maxEvents: number) => {
    lost.length = 0;
    return new BatchQueue(maxEvents, ({ id }) => lost.push(id));
  };

  it('gives batches in order, and forgets those that are durable', () => {
    const q = queue(100);
    for (const id of [1, 2, 3]) q.add(batch(id));
    expect([q.next()?.id, q.next()?.id, q.next()?.id, q.next()]).toEqual([1, 2, 3, undefined]);
    q.appended(2);
    expect(q.isEmpty).toBe(false);
    q.appended(3);
    expect([q.isEmpty, q.dropped, lost]).toEqual([true, 0, []]);
  });

  it('drops the oldest that waits when there are too many events', () => {
    const q = queue(25);
    for (const id of [1, 2, 3, 4]) q.add(batch(id));
    expect([lost, q.dropped]).toEqual([[1, 2], 20]);
    expect(q.next()?.id).toBe(3);
  });

  it('drops the oldest that waits when there are too many bytes, but never the newest alone', () => {
    const q = queue(1000);
    q.add(batch(1, { bytes: 60 * 2 ** 20 }));
    q.add(batch(2, { bytes: 70 * 2 ** 20 }));
    expect(lost).toEqual([1]);
    expect(q.next()?.id).toBe(2);
  });

  it('keeps back what the worker has no room for', () => {
    const q = queue(1_000_000);
    for (let id = 1; id <= 100; id += 1) q.add(batch(id));
    let posted = 0;
    while (q.next()) posted += 1;
    expect([posted, q.hasWaiting]).toEqual([64, true]);
    q.appended(1);
    expect([q.next()?.id, q.next()]).toEqual([65, undefined]);
  });

  it('counts what a worker that ended had', () => {
    const q = queue(100);
    for (const id of [1, 2, 3]) q.add(batch(id));
    q.next();
    q.next();
    expect([q.losePosted(), lost, q.dropped]).toEqual([20, [1, 2], 20]);
    expect(q.next()?.id).toBe(3);
    expect([q.loseAll(), q.isEmpty]).toEqual([10, true]);
  });
});
