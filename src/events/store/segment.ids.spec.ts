import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, idsOf } from './segment.ids.js';

const id = fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 70 }), fc.constantFrom('req_1"\\', '"', ''));
const event = fc.record({ id, request_id: id, upstream_request_id: id }, { requiredKeys: ['id'] });

describe(idsOf.name, () => {
  it('has every id of every line', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 128 }), (events) => {
        const all = idsOf(
          events.map((one) => JSON.stringify({ v: 1, replica: 'r', ...one, model: '"request_id":"a"' })),
        );
        const ids = events.flatMap((one) => Object.values(one));
        expect(ids.filter((one) => !all.includes(hashOf(one)))).toEqual([]);
        expect(all.length).toBe(4 * ids.length);
      }),
    );
  });

  it('rarely has another id', () => {
    const all = idsOf(
      Array.from({ length: 128 }, (_, n) => JSON.stringify({ id: `${n}:request`, request_id: `${n}` })),
    );
    const found = Array.from({ length: 10_000 }, (_, n) => `other ${n}`).filter((one) => all.includes(hashOf(one)));
    expect(found.length).toBeLessThan(10);
  });

  it('has nothing of lines without ids', () => {
    expect(idsOf(['{"v":1}', ''])).toBe('');
  });
});
