import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membersFromEnd, membersFromStart, type Members } from './json.members.js';

const USAGE_TEXT = '{"usage":{"prompt_tokens":1}}';
/** Names and texts that look like what is looked for. */
const word = fc.oneof(
  fc.constantFrom(
    'usage',
    'id',
    '\\',
    '"',
    '"usage"',
    '"usage":{',
    '\\"usage\\":{',
    'tool_usage',
    '',
    ':',
    '{',
    '}',
    USAGE_TEXT,
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
/** Without backslashes: JSON.parse of Node 24 reads the name `"` as `\` when an earlier object had that name. */
const memberName = word.map((text) => text.replaceAll('\\', '/'));
const { document } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, word, fc.integer(), fc.constant(null), fc.boolean(), tie('list'), tie('document')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  document: fc.dictionary(memberName, tie('value'), { maxKeys: 5 }),
}));

type Json = Record<string, unknown>;
const latin1 = (value: unknown, blanks: number): string =>
  Buffer.from(JSON.stringify(value, undefined, blanks)).toString('latin1');
const parsed = (members: Members): Json =>
  Object.fromEntries([...members].map(([name, text]) => [name, JSON.parse(Buffer.from(text, 'latin1').toString())]));
const plainNames = (members: Members): Members => new Map([...members].filter(([name]) => /^[a-z_]*$/.test(name)));
const plain = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => /^[a-z_]*$/.test(name)));
const blanks = fc.constantFrom(0, 2);

describe(membersFromEnd.name, () => {
  it('finds the members of a document and no others', () => {
    fc.assert(
      fc.property(document, blanks, (value, spaces) => {
        const { top } = membersFromEnd(latin1(value, spaces), 1, () => false);
        expect(parsed(plainNames(top))).toEqual(plain(value as Json));
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the members of an object in a document, whatever stands around it', () => {
    fc.assert(
      fc.property(document, document, blanks, (response, after, spaces) => {
        const text = latin1({ type: 'x', response, sequence_number: 1, z: [after] }, spaces);
        const { top, inner } = membersFromEnd(text, 2, () => false);
        expect(parsed(plainNames(inner))).toEqual(plain(response as Json));
        expect([...top.keys()].sort()).toEqual(['response', 'sequence_number', 'type', 'z']);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds them without the beginning of the document', () => {
    fc.assert(
      fc.property(document, fc.nat(), (before, seed) => {
        const usage = { total_tokens: 3 };
        const text = latin1({ before, usage, after: [before] }, 0);
        const from = seed % text.lastIndexOf(',"usage":{"total_tokens":3}');
        expect(parsed(membersFromEnd(text.slice(from), 1, () => false).top)).toMatchObject({ usage });
      }),
      { numRuns: 1000 },
    );
  });

  it('takes the last of members with one name', () => {
    const { top } = membersFromEnd('{"usage":{"a":1},"usage":{"a":2}}', 1, () => false);
    expect(top.get('usage')).toBe('{"a":2}');
  });
});

describe(membersFromStart.name, () => {
  it('finds the members of a document and no others', () => {
    fc.assert(
      fc.property(document, blanks, (value, spaces) => {
        const { top } = membersFromStart(latin1(value, spaces), 1, Infinity);
        expect(parsed(plainNames(top))).toEqual(plain(value as Json));
      }),
      { numRuns: 1000 },
    );
  });

  it('finds only whole members of a document that breaks off anywhere', () => {
    fc.assert(
      fc.property(document, fc.nat(), (value, seed) => {
        const text = latin1(value, 0);
        const found = parsed(plainNames(membersFromStart(text.slice(0, seed % text.length), 1, Infinity).top));
        for (const [name, member] of Object.entries(found)) expect(member).toEqual((value as Json)[name]);
      }),
      { numRuns: 1000 },
    );
  });
});
