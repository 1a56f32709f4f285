import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotSet, type Slot } from './slot.set.js';

describe(SlotSet.name, () => {
  it('holds what a set would', () => {
    const moves = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat(11) }), { maxLength: 200 });
    fc.assert(
      fc.property(moves, (all) => {
        const bag = new SlotSet<number>();
        const places = new Map<number, Slot<number>>();
        for (const { adds, at } of all) {
          if (adds && !places.has(at)) places.set(at, bag.add(at));
          else if (!adds && places.has(at)) {
            bag.delete(places.get(at)!);
            bag.delete(places.get(at)!);
            places.delete(at);
          }
          expect(bag.size).toBe(places.size);
        }
        expect([...bag].toSorted((a, b) => a - b)).toEqual([...places.keys()].toSorted((a, b) => a - b));
      }),
    );
  });

  it('misses nobody while those who are visited leave', () => {
    const bag = new SlotSet<number>();
    const places = Array.from({ length: 50 }, (_, n) => bag.add(n));
    const met = new Set<number>();
    for (const member of bag) {
      met.add(member);
      if (member % 2 === 0) bag.delete(places[member]!);
      if (member % 3 === 0) bag.delete(places[(member + 7) % 50]!);
    }
    for (const member of bag) expect(met.has(member)).toBe(true);
    expect(bag.size).toBeLessThan(25);
  });
});
