import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bag, type Place } from './bag.js';

describe(Bag.name, () => {
  it('holds what a set would', () => {
    const moves = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat(11) }), { maxLength: 200 });
    fc.assert(
      fc.property(moves, (all) => {
        const bag = new Bag<number>();
        const places = new Map<number, Place<number>>();
        for (const { adds, at } of all) {
          if (adds && !places.has(at)) places.set(at, bag.add(at));
          else if (!adds && places.has(at)) {
            bag.leave(places.get(at)!);
            bag.leave(places.get(at)!);
            places.delete(at);
          }
          expect(bag.size).toBe(places.size);
        }
        expect([...bag].toSorted((a, b) => a - b)).toEqual([...places.keys()].toSorted((a, b) => a - b));
      }),
    );
  });

  it('misses nobody while those who are visited leave', () => {
    const bag = new Bag<number>();
    const places = Array.from({ length: 50 }, (_, n) => bag.add(n));
    const met = new Set<number>();
    for (const member of bag) {
      met.add(member);
      if (member % 2 === 0) bag.leave(places[member]!);
      if (member % 3 === 0) bag.leave(places[(member + 7) % 50]!);
    }
    for (const member of bag) expect(met.has(member)).toBe(true);
    expect(bag.size).toBeLessThan(25);
  });
});
