import { describe, expect, it } from 'vitest';
import { flag, instant, oneOf, parseSearch, text, whole, writeSearch } from './search';

describe('parameters of a URL', () => {
  it('are texts, as they are written', () => {
    expect(parseSearch('?search=1e3&page=2')).toEqual({ search: '1e3', page: '2' });
  });

  it('are written without those that are not set', () => {
    expect(writeSearch({ page: 2, search: '', status: undefined, name: 'a b&c' })).toBe('?page=2&name=a+b%26c');
    expect(writeSearch({ page: undefined })).toBe('');
  });

  it.each([
    ['2', 2],
    [3, 3],
    ['0', undefined],
    ['1.5', undefined],
    ['two', undefined],
    [undefined, undefined],
  ])('%s as a whole number is %s', (value, expected) => {
    expect(whole(value)).toBe(expected);
  });

  it.each([
    ['2026-11-01', '2026-11-01'],
    ['2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z'],
    ['x', undefined],
    ['', undefined],
  ])('%s as an instant is %s', (value, expected) => {
    expect(instant(value)).toBe(expected);
  });

  it('are refused when they are not known', () => {
    expect(oneOf('active', ['active', 'expired'])).toBe('active');
    expect(oneOf('nonsense', ['active', 'expired'])).toBeUndefined();
    expect([flag('true'), flag(true), flag('1')]).toEqual([true, true, undefined]);
    expect([text(''), text(7), text(null)]).toEqual([undefined, '7', undefined]);
  });
});
