import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, nearestName } from './nearest.name.js';

const KNOWN = ['ENCRYPTION_KEY', 'MANAGEMENT_TOKEN', 'LOG_LEVEL', 'LISTEN_ADDR', 'OPENAI_API_URL'];

describe(distance.name, () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'ab', 1],
    ['abc', 'abcd', 1],
    ['abc', 'axc', 1],
    ['abc', 'acb', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('between %j and %j is %i', (a, b, edits) => expect(distance(a, b)).toBe(edits));

  it('is the same both ways', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(fc.property(word, word, (a, b) => distance(a, b) === distance(b, a)));
  });
});

describe(nearestName.name, () => {
  it.each([
    ['ENCRYPTON_KEY', 'ENCRYPTION_KEY'],
    ['ENCRYPTION_KEYS', 'ENCRYPTION_KEY'],
    ['MANAGMENT_TOKEN', 'MANAGEMENT_TOKEN'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['OPENAI_API_URI', 'OPENAI_API_URL'],
  ])('takes %s for %s', (name, nearest) => expect(nearestName(name, KNOWN)).toBe(nearest));

  it.each(['ENCRYPTION_KEY', 'PATH', 'HOME', 'OPENAI_API_KEY', 'LOGNAME', 'npm_config_user_agent', ''])(
    'leaves %j alone',
    (name) => {
      expect(nearestName(name, KNOWN)).toBeUndefined();
    },
  );
});
