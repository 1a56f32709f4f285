import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, globProblem, MAX_GLOB_LENGTH } from './glob.js';

/** The definition, as slow as it is plain. */
function oracle(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return oracle(pattern.slice(1), text) || (text !== '' && oracle(pattern, text.slice(1)));
  return pattern[0] === text[0] && oracle(pattern.slice(1), text.slice(1));
}

const letters = (alphabet: string[]) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 9 });

describe(compileGlob.name, () => {
  it('agrees with the definition', () => {
    fc.assert(
      fc.property(letters(['a', 'b', '*', '.']), letters(['a', 'b', '.']), (pattern, text) => {
        expect(compileGlob(pattern)(text)).toBe(oracle(pattern, text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['gpt-4o', 'GPT-4o', false],
    ['gpt-4o-*', 'gpt-4o-mini', true],
    ['gpt-4o-*', 'gpt-4o', false],
    ['*', '', true],
    ['ft:gpt-4o:*:acme:*', 'ft:gpt-4o:org/x:acme:1', true],
    ['a*a', 'a', false],
    ['(a+)+$', 'aaaa', false],
  ])('%s on %s is %s', (pattern, text, yes) => expect(compileGlob(pattern)(text)).toBe(yes));

  it('BD-13 treats what makes a regular expression slow as plain text, and a megabyte as no match', () => {
    expect(compileGlob('(a+)+$')('a'.repeat(1000))).toBe(false);
    expect(compileGlob('*a'.repeat(128))('a'.repeat(1024 * 1024))).toBe(false);
    expect(compileGlob(`${'*a'.repeat(127)}*b`)('a'.repeat(1024))).toBe(false);
  });
});

describe(globProblem.name, () => {
  it.each([['gpt-*'], ['*'], ['modèle'], ['a'.repeat(MAX_GLOB_LENGTH)]])('accepts %s', (pattern) =>
    expect(globProblem(pattern)).toBeUndefined(),
  );
  it.each([[''], [5], [null], [['a']], ['a\nb'], ['\ud800'], ['a'.repeat(MAX_GLOB_LENGTH + 1)]])(
    'BD-13 refuses %j',
    (pattern) => expect(globProblem(pattern)).toBeTruthy(),
  );
});
