import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WaitQueue } from './wait.queue.js';

interface Entry {
  isOver: boolean;
}
const waiting = (): Entry => ({ isOver: false });

describe(WaitQueue.name, () => {
  it('returns the entries that are not over, in order, like a plain array', () => {
    const steps = fc.array(fc.oneof(fc.constant('push'), fc.constant('shift'), fc.nat()), {
      maxLength: 400,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (todo) => {
        const queue = new WaitQueue<Entry>();
        let model: Entry[] = [];
        let isSame = true;
        for (const step of todo) {
          if (step === 'push') {
            const next = waiting();
            model.push(next);
            queue.push(next);
          } else if (step === 'shift') isSame &&= queue.shift() === model.shift();
          else if (model.length > 0) {
            const aborted = model[step % model.length]!;
            aborted.isOver = true;
            model = model.filter((entry) => entry !== aborted);
            queue.noteOver();
          }
          isSame &&= queue.length === model.length;
        }
        expect(isSame).toBe(true);
      }),
    );
  });

  it('drops entries that are over', () => {
    const queue = new WaitQueue<Entry>();
    const all = Array.from({ length: 1000 }, waiting);
    for (const entry of all) queue.push(entry);
    for (const entry of all.slice(1)) {
      entry.isOver = true;
      queue.noteOver();
    }
    expect((queue as unknown as { entries: unknown[] }).entries.length).toBeLessThan(70);
    expect([queue.shift(), queue.shift()]).toEqual([all[0], undefined]);
  });
});
