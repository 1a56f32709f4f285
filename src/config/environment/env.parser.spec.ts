import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvText } from './env.parser.js';

describe(parseEnvText.name, () => {
  it.each<[string, Record<string, string>]>([
    ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['A=1\rB=2', { A: '1', B: '2' }],
    ['A=1  \t\nB= 2\n  C =3', { A: '1', B: '2', C: '3' }],
    ['export A=1\n\texport\tB=2', { A: '1', B: '2' }],
    ['# note\n\n  # note\nA=1 # note\nB=x#y\nC= # note', { A: '1', B: 'x#y', C: '' }],
    ['A="1"\nB=\'2\'  \nC=`3` # note', { A: '1', B: '2', C: '3' }],
    ['A="one\\ntwo"\nB=\'one\\ntwo\'', { A: 'one\ntwo', B: 'one\\ntwo' }],
    ['A="say \\"hi\\" \\$x \\\\ \\d"', { A: 'say "hi" $x \\ \\d' }],
    ['A="one\r\n#two\r\nthree"\r\nB=2', { A: 'one\n#two\nthree', B: '2' }],
    ["A=a=b==\nB=\nC=it's", { A: 'a=b==', B: '', C: "it's" }],
    ['A=1\nA=2', { A: '2' }],
    ['A=$B ${C}', { A: '$B ${C}' }],
    ['', {}],
  ])('reads %j', (text, variables) => expect(parseEnvText(text)).toEqual({ variables, problems: [] }));

  it.each([
    ['A=1\nsecret\nB=2', 2, 'is not understood: write NAME=value, or # in front of a comment'],
    ['A: secret', 1, 'is not understood: write NAME=value, or # in front of a comment'],
    ['set A=secret', 1, 'is not understood: write NAME=value, or # in front of a comment'],
    ['$env:A = "secret"', 1, 'is not understood: write NAME=value, or # in front of a comment'],
    ['<<<<<<< secret', 1, 'is not understood: write NAME=value, or # in front of a comment'],
    ['=secret', 1, 'is not understood: write NAME=value, or # in front of a comment'],
    ['\r\n\r\nA="secret\r\nB=2', 3, 'has no closing " in the value of A'],
    ["A='secret", 1, "has no closing ' in the value of A"],
    ['A="1" secret', 1, 'has text after the closing " in the value of A'],
  ])('names the line of %j', (text, line, message) => expect(parseEnvText(text).problems).toEqual([{ line, message }]));

  it('reads plain assignments as Node does', () => {
    const word = fc.stringMatching(/^[\w./:@%+,=[\]-]*$/);
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/), word), (all) => {
        const text = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
        expect(parseEnvText(text.join('')).variables).toEqual({ ...parseEnv(text.join('')) });
      }),
    );
  });
});
