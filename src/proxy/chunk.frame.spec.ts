import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framed } from './chunk.frame.js';

describe(framed.name, () => {
  it('is what Node writes for a piece', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (bytes) => {
        const piece = Buffer.from(bytes);
        const expected = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
        expect(framed(piece).equals(expected)).toBe(true);
      }),
    );
  });

  it.each([1, 15, 16, 255, 256, 4000])('has a right length of %i bytes', (length) => {
    expect(framed(Buffer.alloc(length)).toString('latin1')).toMatch(new RegExp(`^${length.toString(16)}\r\n`));
  });
});
