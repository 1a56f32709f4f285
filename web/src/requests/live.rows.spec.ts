import { describe, expect, it } from 'vitest';
import type { RequestRow } from '../api/types';
import { KEEP, queued, withFresh } from './live.rows';

const row = (id: number): RequestRow => ({ id: String(id) }) as RequestRow;
const ids = (rows: readonly RequestRow[]): number[] => rows.map(({ id }) => Number(id));

describe('rows of the live stream', () => {
  it('stand before the others, the last to arrive first', () => {
    expect(ids(withFresh([row(2), row(1)], [row(3), row(4)]))).toEqual([4, 3, 2, 1]);
  });

  it('are put in once', () => {
    expect(ids(withFresh([row(2), row(1)], [row(2), row(3), row(3)]))).toEqual([3, 2, 1]);
  });

  it('push out the oldest', () => {
    const rows = Array.from({ length: KEEP }, (_, index) => row(KEEP - index));
    const shown = withFresh(rows, [row(KEEP + 1)]);
    expect([shown.length, shown[0]!.id, shown.at(-1)!.id]).toEqual([KEEP, String(KEEP + 1), '2']);
  });

  it('wait in a bounded number', () => {
    const waiting = Array.from({ length: KEEP + 5 }, (_, index) => row(index)).reduce<RequestRow[]>(queued, []);
    expect([waiting.length, waiting[0]!.id]).toEqual([KEEP, '5']);
  });
});
