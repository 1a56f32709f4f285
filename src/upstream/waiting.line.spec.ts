import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UpstreamExchange } from './upstream.exchange.js';
import { WaitingLine } from './waiting.line.js';

const waits = (): UpstreamExchange => ({ isOver: false }) as UpstreamExchange;

describe(WaitingLine.name, () => {
  it('gives who came first and has not left, like a plain list', () => {
    const steps = fc.array(fc.oneof(fc.constant('push'), fc.constant('shift'), fc.nat()), {
      maxLength: 400,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (todo) => {
        const line = new WaitingLine();
        let model: UpstreamExchange[] = [];
        let isSame = true;
        for (const step of todo) {
          if (step === 'push') {
            const next = waits();
            model.push(next);
            line.push(next);
          } else if (step === 'shift') isSame &&= line.shift() === model.shift();
          else if (model.length > 0) {
            const leaving = model[step % model.length]!;
            leaving.isOver = true;
            model = model.filter((one) => one !== leaving);
            line.leave();
          }
          isSame &&= line.length === model.length;
        }
        expect(isSame).toBe(true);
      }),
    );
  });

  it('keeps nobody who has left', () => {
    const line = new WaitingLine();
    const all = Array.from({ length: 1000 }, waits);
    for (const one of all) line.push(one);
    for (const one of all.slice(1)) {
      one.isOver = true;
      line.leave();
    }
    expect((line as unknown as { places: unknown[] }).places.length).toBeLessThan(70);
    expect([line.shift(), line.shift()]).toEqual([all[0], undefined]);
  });
});
