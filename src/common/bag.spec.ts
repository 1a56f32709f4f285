import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bag } from './bag.js';

describe(Bag.name, () => {
  it('holds what a set would', () => {
    const members = Array.from({ length: 12 }, (_, name) => ({ name }));
    const moves = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat(members.length - 1) }), { maxLength: 200 });
    fc.assert(
      fc.property(moves, (all) => {
        const bag = new Bag<object>();
        const set = new Set<object>();
        for (const { adds, at } of all) {
          const member = members[at]!;
          if (adds) bag.add(member);
          else bag.delete(member);
          if (adds) set.add(member);
          else set.delete(member);
          expect([bag.size, bag.has(member)]).toEqual([set.size, set.has(member)]);
        }
        expect(new Set(bag)).toEqual(set);
        expect([...bag]).toHaveLength(set.size);
        for (const member of bag) bag.delete(member);
        expect(bag.size).toBe(0);
      }),
    );
  });

  it('keeps members of two bags apart', () => {
    const [one, other] = [new Bag<object>(), new Bag<object>()];
    const member = {};
    one.add(member);
    other.add(member);
    one.delete(member);
    expect([one.has(member), other.has(member)]).toEqual([false, true]);
  });

  it('misses nobody while those who are visited leave', () => {
    const bag = new Bag<object>();
    const members = Array.from({ length: 50 }, () => ({}));
    for (const member of members) bag.add(member);
    const met = new Set<object>();
    for (const member of bag) {
      met.add(member);
      if (met.size % 3 === 0) bag.delete(member);
      bag.delete(members[met.size % 50]!);
    }
    for (const member of bag) expect(met.has(member)).toBe(true);
    expect(met.size + bag.size).toBeGreaterThanOrEqual(25);
  });
});
