import { describe, expect, it } from 'vitest';
import { changesOf, type Shown, shownInstant } from './field.changes.js';

interface Thing {
  name: string | null;
  labels?: Record<string, string>;
  endsAt: number | null;
}

const SHOWN: Shown<Thing> = {
  name: ({ name }) => name,
  labels: ({ labels }) => labels,
  ends_at: ({ endsAt }) => shownInstant(endsAt),
};

describe(changesOf.name, () => {
  const thing: Thing = { name: 'a', labels: { x: '1', y: '2' }, endsAt: 0 };

  it('has the fields that differ, with both values', () => {
    expect(changesOf(thing, { ...thing, name: 'b', endsAt: null }, SHOWN)).toEqual({
      name: { from: 'a', to: 'b' },
      ends_at: { from: '1970-01-01T00:00:00.000Z', to: null },
    });
  });

  it('takes the same content in another order for the same, and what is absent for null', () => {
    expect(changesOf(thing, { ...thing, labels: { y: '2', x: '1' } }, SHOWN)).toEqual({});
    expect(changesOf({ name: null, endsAt: null }, undefined, SHOWN)).toEqual({});
  });

  it('begins a new entity with null, and ends a deleted one with it', () => {
    const { name, ends_at } = changesOf(undefined, thing, SHOWN);
    expect([name, ends_at]).toEqual([
      { from: null, to: 'a' },
      { from: null, to: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(changesOf(thing, undefined, SHOWN)['labels']).toEqual({ from: thing.labels, to: null });
  });
});
