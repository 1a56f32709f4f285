import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { ChangeEntity } from './change.entity.js';
import { ChangeReader } from './change.reader.js';
import type { Position, RevisionCounter } from './revision.counter.js';

const at = (value: number, changedAt = value * 10): Position => ({ value, changedAt });
const row = (revision: number, subjectId = `t${revision}`, changedAt = revision * 10): ChangeEntity => ({
  revision,
  subject: subjectId === '' ? 'all' : 'token',
  subjectId,
  changedAt,
});

/** The result of a reader that knows the changes up to `known`. */
async function read(
  known: Position | undefined,
  counter: Position,
  table: ChangeEntity[],
  applied: ReadonlyMap<number, number> = new Map(),
) {
  const query = async (_sql: string, [from]: [number]) => {
    const counted = { value: String(counter.value), counted_at: String(counter.changedAt) };
    const changes = counter.value === from ? [] : table.filter(({ revision }) => revision >= from);
    if (changes.length === 0)
      return [{ ...counted, revision: null, subject: null, subject_id: null, changed_at: null }];
    return changes.map(({ revision, subject, subjectId, changedAt }) => ({
      ...counted,
      revision: String(revision),
      subject,
      subject_id: subjectId,
      changed_at: String(changedAt),
    }));
  };
  const reader = new ChangeReader(
    { query, options: { type: 'postgres' } } as unknown as DataSource,
    { read: async () => counter } as unknown as RevisionCounter,
  );
  const { position, invalidated } = await reader.since(known, applied);
  return { position, invalidated: invalidated && (invalidated.everything ? 'everything' : [...invalidated.tokens]) };
}

describe(ChangeReader.name, () => {
  it('invalidates everything at first', async () => {
    expect(await read(undefined, at(3), [])).toEqual({ position: at(3), invalidated: 'everything' });
  });

  it('invalidates nothing when nothing changed', async () => {
    expect(await read(at(3), at(3), [row(3)])).toEqual({ position: at(3), invalidated: undefined });
  });

  it('names the changes since, and those that were committed while it read', async () => {
    expect(await read(at(3), at(4), [row(3), row(4), row(4, 'other'), row(5)])).toEqual({
      position: at(5),
      invalidated: ['t4', 'other', 't5'],
    });
  });

  it('names the first changes of all', async () => {
    expect(await read(at(0), at(2), [row(1), row(2)])).toEqual({ position: at(2), invalidated: ['t1', 't2'] });
  });

  it('leaves out changes that were applied, if they are the same ones', async () => {
    const table = [row(3), row(4), row(5), row(6)];
    const applied = new Map([
      [4, 40],
      [5, 99],
      [6, 60],
    ]);
    expect(await read(at(3), at(6), table, applied)).toEqual({ position: at(6), invalidated: ['t5'] });
    expect(await read(at(5), at(6), table.slice(2), applied)).toEqual({ position: at(6), invalidated: undefined });
  });

  it.each([
    ['a revision is missing', at(3), at(5), [row(3), row(5)]],
    ['the last known one was pruned', at(3), at(5), [row(4), row(5)]],
    ['the table does not reach to the counter', at(3), at(5), [row(3), row(4)]],
    ['the table is empty', at(3), at(5), []],
    ['there was a change of everything', at(3), at(4), [row(3), row(4, '')]],
    ['the counter went back', at(3), at(2), [row(2)]],
    ['the counter is the same and another', at(3), at(3, 99), [row(3, 't3', 99)]],
    ['another history went further', at(3), at(5), [row(3, 't3', 99), row(4), row(5)]],
    ['there are too many', at(3), at(1003), Array.from({ length: 1001 }, (_, i) => row(3 + i))],
  ] as [string, Position, Position, ChangeEntity[]][])(
    'invalidates everything when %s',
    async (_what, known, counter, table) => {
      const result = await read(known, counter, table.slice(0, 1000));
      expect(result).toEqual({ position: counter, invalidated: 'everything' });
    },
  );
});
