import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask, isMasked } from './mask.js';

describe(mask.name, () => {
  it.each([
    ['sk-proj-0123456789abcdefwXyZ', 'sk-proj-…wXyZ'],
    ['sk-svcacct-0123456789abcd', 'sk-svcacct-…abcd'],
    ['sk-admin-0123456789abcdef', 'sk-admin-…cdef'],
    ['sk-0123456789abcdef', 'sk-…cdef'],
    ['0123456789abcdef', '…cdef'],
  ])('of %s is %s', (secret, shown) => expect(mask(secret)).toBe(shown));

  it.each(['', 'a', 'sk-proj-abcdefg', '0123456789abcde'])('of the short %j shows nothing', (secret) => {
    expect(mask(secret)).toBe('…');
  });

  it('shows at most four characters of the secret part, and is known again', () => {
    const visible = fc.string({ unit: fc.constantFrom(...'abcXYZ012_-'), minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(visible, (secret) => {
        const shown = mask(secret);
        expect(isMasked(shown)).toBe(true);
        expect(shown.length).toBeLessThanOrEqual('sk-svcacct-…wXyZ'.length);
        expect(shown.split('…')[1]!.length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe(isMasked.name, () => {
  it.each(['sk-…wXyZ', 'sk-abcd...wxyz', 'sk-****', '…'])('knows %s', (text) => expect(isMasked(text)).toBe(true));
  it.each(['sk-proj-0123', 'a.b.c', 'a..b', '***', ''])('leaves %j', (text) => expect(isMasked(text)).toBe(false));
});
