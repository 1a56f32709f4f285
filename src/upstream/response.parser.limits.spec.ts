import { describe, expect, it } from 'vitest';
import { chunked, ok, read } from '../../test/support/parsed.response.js';
import { ResponseParser } from './response.parser.js';

describe(`${ResponseParser.name}, limits`, () => {
  it('reads a head and trailers of up to 16 KiB, and no larger ones', () => {
    const of = (bytes: number): string => {
      const bare = ok('X: \r\nContent-Length: 0\r\n').length;
      return ok(`X: ${'a'.repeat(bytes - bare)}\r\nContent-Length: 0\r\n`);
    };
    expect(read(of(16_384)).error).toBeUndefined();
    expect(read(of(16_385)).error).toBe('a header section is too large');
    expect(read('HTTP/1.1 200 OK\r\nX: '.padEnd(16_385, 'a'), { sizes: [16_000] }).error).toBe(
      'a header section is too large',
    );
    expect(read(chunked(`0\r\nX: ${'a'.repeat(16_384)}\r\n\r\n`)).error).toBe('a header section is too large');
    expect(read(chunked(`0\r\nX: ${'a'.repeat(16_000)}\r\n\r\n`)).error).toBeUndefined();
  });

  it('reads up to 64 KiB of informational responses, and no more', () => {
    const oneKiB = `HTTP/1.1 103 x\r\nX: ${'a'.repeat(1024 - 23)}\r\n\r\n`;
    expect(oneKiB).toHaveLength(1024);
    expect(read(oneKiB.repeat(64) + ok('Content-Length: 0\r\n')).error).toBeUndefined();
    expect(read(oneKiB.repeat(65)).error).toBe('the informational responses are too large');
  });

  it('reads up to 64 KiB of chunk extensions, and no more', () => {
    const extended = (bytes: number): string => chunked(`1;${'a'.repeat(bytes)}\r\nh\r\n0\r\n\r\n`);
    expect(read(extended(65_000)).observer.body).toBe('h');
    expect(read(extended(65_537)).error).toBe('the extensions of a chunk are too large');
  });

  it('refuses more than 2000 header lines', () => {
    expect(read(ok(`${'a:\r\n'.repeat(1999)}Content-Length: 0\r\n`)).error).toBeUndefined();
    expect(read(ok('a:\r\n'.repeat(2001))).error).toBe('the response has too many header lines');
  });
});
