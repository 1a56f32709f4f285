import { describe, expect, it } from 'vitest';
import { CliError } from './cli.error.js';
import {
  allowList,
  allowListOf,
  cap,
  instant,
  instantOrDuration,
  maxRequestsOf,
  minutes,
  notEmpty,
  trueOrFalse,
  uuid,
  wholeNumber,
} from './option.values.js';

describe('option values', () => {
  it('are taken', () => {
    expect(wholeNumber('--n', '7', 1)).toBe(7);
    expect(minutes('--n', '525600')).toBe(525_600);
    expect([cap('--n', '5'), cap('--n', '0'), cap('--n', 'unlimited')].map(maxRequestsOf)).toEqual([5, null, null]);
    expect(maxRequestsOf(undefined)).toBeUndefined();
    expect(allowListOf(allowList('--n', 'b, c', allowList('--n', 'a')))).toEqual(['a', 'b', 'c']);
    expect([allowListOf(allowList('--n', 'any')), allowListOf(undefined)]).toEqual([null, undefined]);
    expect([trueOrFalse('--n', 'true'), trueOrFalse('--n', 'false')]).toEqual([true, false]);
    expect(instant('--n', '2030-01-01T00:00:00.5+01:00')).toBe('2030-01-01T00:00:00.5+01:00');
    expect(notEmpty('--n', ' a ')).toBe(' a ');
    expect(uuid('--n', '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10')).toHaveLength(36);
  });

  it.each([
    () => wholeNumber('--n', '-1', 1),
    () => wholeNumber('--n', '1.5', 1),
    () => wholeNumber('--n', '1e3', 1),
    () => wholeNumber('--n', '9007199254740993', 1),
    () => wholeNumber('--n', '', 0),
    () => minutes('--n', '0'),
    () => minutes('--n', '525601'),
    () => cap('--n', 'many'),
    () => allowList('--n', ' '),
    () => allowList('--n', 'a,,b'),
    () => allowList('--n', 'a,'),
    () => allowList('--n', 'a,any'),
    () => allowList('--n', 'any', ['a']),
    () => allowList('--n', 'a', ['any']),
    () => trueOrFalse('--n', 'yes'),
    () => instant('--n', '2030-01-01'),
    () => instant('--n', '2030-13-01T00:00:00Z'),
    () => instant('--n', '2030-02-30T00:00:00Z'),
    () => instantOrDuration('--n', '2030-02-30T00:00:00Z', 1),
    () => notEmpty('--n', ' '),
    () => uuid('--n', undefined),
    () => uuid('--n', '../tokens'),
  ])('are refused: %s', (read) => {
    expect(read).toThrow(CliError);
    expect(read).toThrow(/^--n must /);
  });
});
