import { describe, expect, it } from 'vitest';
import { TakeQueue } from './take.queue.js';

interface Subject {
  readonly revision: number;
}

/** A queue over rows with room for so many requests, and what it was asked for. */
function queue(room: number) {
  const asked: string[] = [];
  let left = room;
  const subject = new TakeQueue<Subject, number>(60_000, {
    isAlike: (one, other) => one.revision === other.revision,
    take: async ({ revision }, wanted) => {
      asked.push(`${wanted} by ${revision}`);
      const granted = Math.min(wanted, left);
      await Promise.resolve();
      left -= granted;
      return Array.from({ length: granted }, (_, i) => left + granted - 1 - i);
    },
    whyRefused: async ({ revision }) => Promise.resolve(new Error(`refused by ${revision}`)),
    giveBack: async () => Promise.resolve(),
  });
  const take = async (row: string, revision = 1): Promise<number | string> =>
    subject.take(row, { revision }, 0).catch((error: unknown) => (error as Error).message);
  return { take, asked };
}

describe(TakeQueue.name, () => {
  it('serves what arrives at once with one statement, a receipt each, in the order of arrival', async () => {
    const { take, asked } = queue(3);
    const all = await Promise.all([take('a'), take('a'), take('a'), take('a')]);
    expect(all).toEqual([2, 1, 0, 'refused by 1']);
    expect(asked).toEqual(['4 by 1']);
  });

  it('serves apart what was judged by other revisions, and rows without each other', async () => {
    const { take, asked } = queue(10);
    await Promise.all([take('a', 1), take('a', 2), take('a', 1), take('b', 3)]);
    expect(asked.toSorted()).toEqual(['1 by 2', '1 by 3', '2 by 1']);
  });

  it('begins anew after a row was served', async () => {
    const { take, asked } = queue(1);
    expect([await take('a'), await take('a')]).toEqual([0, 'refused by 1']);
    expect(asked).toEqual(['1 by 1', '1 by 1']);
  });
});
