import { describe, expect, it } from 'vitest';
import { ours, phasesOf } from './phases';

type Request = Parameters<typeof phasesOf>[0];
const phases = (timings_ms: Request['timings_ms'], end: Request['end'] = 'ok') => phasesOf({ timings_ms, end });

describe('the phases of a request', () => {
  it('follow each other, and ours are summed', () => {
    const all = phases({ admitted: 0.9, headers: 412.8, first_byte: 413.1, last_byte: 2210.4 });
    expect(all.map(({ id, from, to }) => [id, from, to])).toEqual([
      ['admitted', 0, 0.9],
      ['headers', 0.9, 412.8],
      ['first_byte', 412.8, 413.1],
      ['last_byte', 413.1, 2210.4],
    ]);
    expect(ours(all)).toBeCloseTo(1.2);
  });

  it('never run backwards', () => {
    expect(phases({ admitted: 5, headers: 4, last_byte: 9 }).map(({ from, to }) => [from, to])).toEqual([
      [0, 5],
      [5, 5],
      [5, 9],
    ]);
  });

  it('are ours alone when the upstream was not asked', () => {
    const all = phases({ last_byte: 3 }, 'limit');
    expect(all.map(({ text, isOurs }) => [text, isOurs])).toEqual([['Refused before the upstream was asked', true]]);
    expect(ours(all)).toBe(3);
  });

  it('are not ours when the upstream could not be reached', () => {
    const all = phases({ last_byte: 3000 }, 'upstream');
    expect(all.map(({ text, isOurs }) => [text, isOurs])).toEqual([['No connection to the upstream', false]]);
    expect(ours(all)).toBe(0);
  });

  it('are none when nothing is known', () => {
    expect(phases({})).toEqual([]);
  });
});
