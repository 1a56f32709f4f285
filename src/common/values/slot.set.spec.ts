import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotSet, type Slot } from './slot.set.js';

describe(SlotSet.name, () => {
  it('contains what a Set would', () => {
    const moves = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat(11) }), { maxLength: 200 });
    fc.assert(
      fc.property(moves, (all) => {
        const set = new SlotSet<number>();
        const slots = new Map<number, Slot<number>>();
        for (const { adds, at } of all) {
          if (adds && !slots.has(at)) slots.set(at, set.add(at));
          else if (!adds && slots.has(at)) {
            set.delete(slots.get(at)!);
            set.delete(slots.get(at)!);
            slots.delete(at);
          }
          expect(set.size).toBe(slots.size);
        }
        expect([...set].toSorted((a, b) => a - b)).toEqual([...slots.keys()].toSorted((a, b) => a - b));
      }),
    );
  });

  it('visits every member while members are deleted', () => {
    const set = new SlotSet<number>();
    const slots = Array.from({ length: 50 }, (_, n) => set.add(n));
    const visited = new Set<number>();
    for (const member of set) {
      visited.add(member);
      if (member % 2 === 0) set.delete(slots[member]!);
      if (member % 3 === 0) set.delete(slots[(member + 7) % 50]!);
    }
    for (const member of set) expect(visited.has(member)).toBe(true);
    expect(set.size).toBeLessThan(25);
  });
});
