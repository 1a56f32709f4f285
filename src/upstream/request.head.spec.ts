import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestHead, type UpstreamRequest } from './request.head.js';

const request: UpstreamRequest = { method: 'POST', target: '/v1/x?a=%20b', host: 'a:1', headers: [], length: 0 };

describe(requestHead.name, () => {
  it('writes the request byte for byte, and nothing else', () => {
    const headers = ['Content-Length', '5', 'x-A', ' \xe9\t"', 'x-a', ''];
    expect(requestHead({ ...request, headers, length: 5 })).toBe(
      'POST /v1/x?a=%20b HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\nx-A:  \xe9\t"\r\nx-a: \r\n\r\n',
    );
  });

  it('adds Transfer-Encoding: chunked for a body without a length', () => {
    expect(requestHead({ ...request, length: undefined })).toBe(
      'POST /v1/x?a=%20b HTTP/1.1\r\nHost: a:1\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
  });

  it('refuses a value or a target that could end its line or is not Latin-1', () => {
    const unit = fc.oneof(
      fc.constantFrom('a', '\r', '\n', '\x00', ' ', '\t', '\x7f', '\x85', '\u2028', '\u0100', '\u010a'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.string({ unit }), fc.string({ unit }), (target, value) => {
        const lines = write({ ...request, target, headers: ['X', value] })?.split(/[\r\n\0]+/);
        const isFine = /^[\x21-\x7e]*$/.test(target) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
        expect(lines).toEqual(isFine ? [`POST ${target} HTTP/1.1`, 'Host: a:1', `X: ${value}`, ''] : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([Number.NaN, -1, Infinity, 2 ** 53, 1.5])('refuses a length of %s', (length) => {
    expect(() => requestHead({ ...request, length })).toThrow('the length is not a number of bytes');
  });
});

function write(of: UpstreamRequest): string | undefined {
  try {
    return requestHead(of);
  } catch {
    return undefined;
  }
}
