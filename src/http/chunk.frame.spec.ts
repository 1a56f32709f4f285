import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { framed, mayFrame } from './chunk.frame.js';

describe(framed.name, () => {
  it.each([1, 9, 10, 15, 16, 255, 256, 3999, 4000])('frames %i bytes as RFC 9112 §7.1 has it', (length) => {
    const piece = Buffer.alloc(length, 'x');
    expect(framed(piece).toString()).toBe(`${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`);
  });
});

describe(mayFrame.name, () => {
  const socket = { writable: true, writableLength: 7 };
  const response = { chunkedEncoding: true, writableLength: 7, socket };
  const may = (more: object, length = 10): boolean =>
    mayFrame({ ...response, ...more } as unknown as ServerResponse, Buffer.alloc(length));

  it('writes a small piece past a response in chunks whose bytes are all with its socket', () => {
    expect([may({}), may({}, 4000)]).toEqual([true, true]);
  });

  it.each([
    ['without chunks (HEAD, 204, HTTP/1.0, a length)', { chunkedEncoding: false }],
    ['that waits behind another on its connection', { socket: null, writableLength: 0 }],
    ['with bytes of its own waiting', { writableLength: 8 }],
    ['whose connection takes nothing more', { socket: { ...socket, writable: false } }],
  ])('writes nothing past a response %s', (_what, more) => {
    expect(may(more)).toBe(false);
  });

  it('writes neither an empty piece, which would be the last chunk, nor one too large to be copied', () => {
    expect([may({}, 0), may({}, 4001)]).toEqual([false, false]);
  });
});
