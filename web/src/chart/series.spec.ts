import { describe, expect, it } from 'vitest';
import { colorsOf, Palette, REST_COLOR, SERIES_COLORS } from './series';

const NONE: ReadonlyMap<string, string> = new Map();
const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

describe('colours of series', () => {
  it('go by the order of the first answer', () => {
    const colors = colorsOf(NONE, ['b', 'a', 'other']);
    expect([colors.get('b'), colors.get('a'), colors.get('other')]).toEqual([
      SERIES_COLORS[0],
      SERIES_COLORS[1],
      REST_COLOR,
    ]);
  });

  it('stay, whatever the order of the next answer', () => {
    const colors = colorsOf(colorsOf(NONE, ['a', 'b']), ['c', 'b', 'a']);
    expect(['a', 'b', 'c'].map((key) => colors.get(key))).toEqual(SERIES_COLORS.slice(0, 3));
  });

  it('come back with a series that was gone', () => {
    const colors = colorsOf(colorsOf(colorsOf(NONE, ['a', 'b']), ['b']), ['b', 'a']);
    expect(['a', 'b'].map((key) => colors.get(key))).toEqual(SERIES_COLORS.slice(0, 2));
  });

  it('are those of series that are gone when there are no others, and never of two that are shown', () => {
    const colors = colorsOf(colorsOf(NONE, seven), ['h', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(colors.get('h')).toBe(SERIES_COLORS[0]);
    expect(new Set(['h', ...seven.slice(1)].map((key) => colors.get(key))).size).toBe(7);
  });

  it('begin anew with other groups', () => {
    const palette = new Palette();
    palette.of('project', ['a', 'b']);
    expect(palette.of('project', ['b', 'a']).get('b')).toBe(SERIES_COLORS[1]);
    expect(palette.of('model', ['b']).get('b')).toBe(SERIES_COLORS[0]);
  });
});
