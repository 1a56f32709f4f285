import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvText } from '../../config/environment/env.parser.js';
import { CliError } from '../terminal/cli.error.js';
import { mergeEntries } from './env.file.js';

const entry = (value: string, replace = false): { name: string; value: string; comment: string; replace: boolean } => ({
  name: 'NAME',
  value,
  comment: 'what it is',
  replace,
});

describe(mergeEntries.name, () => {
  it.each([
    ['', '# what it is\nNAME=new\n', true],
    ['A=1', 'A=1\n\n# what it is\nNAME=new\n', true],
    ['NAME=\nA=1\n', 'NAME=new\nA=1\n', true],
    ['#NAME=old\n', '#NAME=old\n\n# what it is\nNAME=new\n', true],
    ['NAME=old\n', 'NAME=old\n', false],
    ["NAME='old'", "NAME='old'", false],
  ])('%j becomes %j', (before, after, isWritten) => {
    expect(mergeEntries(before, [entry('new')])).toEqual({ text: after, written: isWritten ? ['NAME'] : [] });
  });

  it('replaces the assignment that counts', () => {
    expect(mergeEntries('NAME=a\nexport NAME=b\nB=1', [entry('new', true)]).text).toBe('NAME=a\nexport NAME=new\nB=1');
  });

  it('writes what is read back, or refuses', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (before, value) => {
        const text = mergedOrRefused(before, value);
        return text === undefined || isDeepStrictEqual(valuesOf(text), { ...valuesOf(before), NAME: value });
      }),
    );
  });
});

const valuesOf = (text: string) => parseEnvText(text).variables;

function mergedOrRefused(before: string, value: string): string | undefined {
  try {
    return mergeEntries(before, [entry(value, true)]).text;
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
