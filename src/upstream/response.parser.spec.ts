import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked, ok, read, type Read } from '../../test/support/parsed.response.js';
import { ResponseParser } from './response.parser.js';

const outcome = ({ observer, parser, taken, error }: Read): unknown => ({
  informational: observer.informational,
  head: observer.head,
  body: observer.body,
  trailers: observer.trailers,
  keepAlive: parser.keepAlive,
  taken: error === undefined ? taken : undefined,
  error,
});

const names = fc.constantFrom('X-A', 'x-b', 'Date', 'content-type', 'Set-Cookie', 'a'.repeat(40));
const values = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '"', ':', '\xe9', '\xff', '~'), maxLength: 20 });
const fields = fc
  .array(fc.tuple(names, values), { maxLength: 5 })
  .map((lines) => lines.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
const bodies = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', '\x00', '\xff'), maxLength: 60 });
const chunkedBodies = fc.tuple(fc.array(bodies, { maxLength: 4 }), fields).map(
  ([pieces, trailers]) =>
    pieces
      .filter((piece) => piece !== '')
      .map((piece, i) => `${i % 2 ? piece.length.toString(16) : `0${piece.length.toString(16)};x="y"`}\r\n${piece}\r\n`)
      .join('') + `0\r\n${trailers}\r\n`,
);
const finals = fc.oneof(
  fc.tuple(fields, bodies).map(([lines, body]) => ok(`${lines}Content-Length: ${body.length}\r\n`, body)),
  fc.tuple(fields, chunkedBodies).map(([lines, body]) => ok(`${lines}transfer-encoding: Chunked\r\n`, body)),
  fc.tuple(fields, bodies).map(([lines, body]) => ok(lines, body)),
  fields.map((lines) => `HTTP/1.0 304\r\n${lines}\r\n`),
);
const informational = fc
  .array(fields, { maxLength: 2 })
  .map((all) => all.map((lines) => `HTTP/1.1 103 Early Hints\r\n${lines}\r\n`).join(''));
const broken = fc
  .tuple(finals, fc.nat(), fc.constantFrom('', '\r', '\n', ' ', ':', '\x00', 'f'))
  .map(([text, at, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1));
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 200 });

describe(ResponseParser.name, () => {
  it('parses a response the same in any pieces, valid or not', () => {
    fc.assert(
      fc.property(
        informational,
        fc.oneof(finals, broken),
        fc.string({ maxLength: 3 }),
        sizes,
        fc.boolean(),
        fc.boolean(),
        (before, final, behind, cuts, isHead, fin) => {
          const text = before + final + behind;
          const whole = read(text, { isHead, fin });
          const cut = read(text, { isHead, fin, sizes: cuts });
          // In pieces another error may be found first, and more may be delivered before it.
          expect(whole.error === undefined ? outcome(cut) : typeof cut.error).toEqual(
            whole.error === undefined ? outcome(whole) : 'string',
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a length', ok('Content-Length: 5\r\n', 'hello'), 'hello', { ms: undefined }],
    ['a length of zero', ok('Content-Length: 0\r\n'), '', { ms: undefined }],
    ['chunks', chunked('5\r\nhello\r\n3;a=b\r\n, y\r\n0\r\n\r\n'), 'hello, y', { ms: undefined }],
    ['chunks and trailers', chunked('1\r\nh\r\n0\r\nX-Sum: 1\r\n\r\n'), 'h', { ms: undefined }],
    ['a Keep-Alive timeout', ok('Content-Length: 1\r\nKeep-Alive: max=9, timeout=5\r\n', 'h'), 'h', { ms: 5000 }],
    ['Connection: close', ok('Content-Length: 1\r\nConnection: x,\tClose\r\n', 'h'), 'h', undefined],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nh', 'h', undefined],
  ])('reads %s', (_what, text, body, keepAlive) => {
    const { observer, parser, taken } = read(text);
    expect([observer.body, parser.isOver, parser.keepAlive, taken]).toEqual([body, true, keepAlive, text.length]);
  });

  it('reads a body without a length up to the end of the connection', () => {
    expect(outcome(read(ok('', 'hello'), { fin: true }))).toMatchObject({
      body: 'hello',
      trailers: [],
      keepAlive: undefined,
    });
    expect(read(ok('', 'hello')).parser.isOver).toBe(false);
  });

  it('keeps names, values and trailers as written, without the white space around values', () => {
    const { observer } = read(
      ok(
        'X-One:  a \t b\t\r\nx-one:\r\nX-L: \xe9\r\nTransfer-Encoding: chunked\r\n',
        '0\r\nT-One: 1\r\nt-one: 2\r\n\r\n',
      ),
    );
    expect(observer.head?.headers).toEqual([
      'X-One',
      'a \t b',
      'x-one',
      '',
      'X-L',
      '\xe9',
      'Transfer-Encoding',
      'chunked',
    ]);
    expect(observer.trailers).toEqual(['T-One', '1', 't-one', '2']);
  });

  it('delivers informational responses before the head, and no body of them', () => {
    const { observer } = read(
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103\r\nLink: x\r\n\r\n${ok('Content-Length: 0\r\n')}`,
    );
    expect(observer.calls).toEqual(['informational', 'informational', 'head', 'end']);
    expect(observer.informational.map(({ status }) => status)).toEqual([100, 103]);
  });

  it.each([
    ['a response to HEAD', ok('Content-Length: 5\r\n'), true, true],
    ['a chunked response to HEAD', ok('Transfer-Encoding: chunked\r\n'), true, true],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', false, true],
    ['204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', false, false],
    ['204 with chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', false, false],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', false, true],
  ])('reads no body after %s', (_what, text, isHead, staysOpen) => {
    const { observer, parser, taken } = read(`${text}hello`, { isHead });
    expect([observer.calls, taken]).toEqual([['head', 'end'], text.length]);
    expect(parser.keepAlive !== undefined).toBe(staysOpen);
  });

  it.each([
    ['another protocol', 'HTTP/2 200 OK\r\n\r\n'],
    ['another protocol, before its line is whole', 'SSH-2.0'],
    ['a bare line feed, before its head is whole', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
    ['an empty line first', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a reason with a control character', 'HTTP/1.1 200 O\x00K\r\n\r\n'],
    ['a folded line', ok('X-A: b\r\n c\r\n')],
    ['a space before a colon', ok('X-A : b\r\n')],
    ['a line without a colon', ok('X-A\r\n')],
    ['an empty name', ok(': b\r\n')],
    ['a bare CR in a value', ok('X-A: b\rc\r\n')],
    ['a bare LF in a value', ok('X-A: b\nX-C: d\r\n')],
    ['a NUL in a value', ok('X-A: \x00\r\n')],
    ['two lengths', ok('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello')],
    ['the same length twice', ok('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello')],
    ['a list of lengths', ok('Content-Length: 5, 5\r\n', 'hello')],
    ['a signed length', ok('Content-Length: +5\r\n', 'hello')],
    ['a length that is no number', ok('Content-Length: 0x5\r\n', 'hello')],
    ['an empty length', ok('Content-Length:\r\n')],
    ['a length of sixteen digits', ok('Content-Length: 9999999999999999\r\n')],
    ['a length and chunks', ok('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    ['another coding', ok('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
    ['an empty coding', ok('Transfer-Encoding:\r\n')],
    ['chunks twice', ok('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an informational response with a length', 'HTTP/1.1 103 x\r\nContent-Length: 5\r\n\r\nhello'],
    ['a chunked informational response', 'HTTP/1.1 103 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['a chunk without a size', chunked('\r\nhello')],
    ['a chunk size that is no number', chunked('g\r\n')],
    ['a space after a chunk size', chunked('5 \r\nhello\r\n0\r\n\r\n')],
    ['a chunk size with a bare LF', chunked('5\nhello\r\n0\r\n\r\n')],
    ['a chunk longer than its size', chunked('4\r\nhello\r\n0\r\n\r\n')],
    ['a chunk that ends with a bare LF', chunked('5\r\nhello\n0\r\n\r\n')],
    ['a chunk of thirteen digits', chunked('0000000000005\r\nhello\r\n')],
    ['a bare LF in an extension', chunked('5;a\nb\r\nhello\r\n0\r\n\r\n')],
    ['a bare CR in an extension', chunked('5;a\rb\r\nhello\r\n0\r\n\r\n')],
    ['a trailer that is no header', chunked('0\r\nX-A\r\n\r\n')],
    ['a trailer that ends with a bare LF', chunked('0\r\nX-A: b\n\n')],
  ])('refuses %s', (_what, text) => {
    const { error, observer } = read(text);
    expect(error).toBeDefined();
    expect(observer.trailers).toBeUndefined();
  });

  it.each([
    ['a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['a body with a length', ok('Content-Length: 5\r\n', 'hell')],
    ['chunks', chunked('5\r\nhello\r\n')],
    ['the last chunk', chunked('5\r\nhello\r\n0\r\n')],
    ['trailers', chunked('0\r\nX-A: b\r\n')],
    ['informational responses', 'HTTP/1.1 103 x\r\n\r\n'],
  ])('refuses a response that ends within %s', (_what, text) => {
    const { error, observer } = read(text, { fin: true });
    expect(error).toBe('the upstream closed the connection before the end of its response');
    expect(observer.trailers).toBeUndefined();
  });

  it('returns where a response ends, and reads nothing after it', () => {
    const text = ok('Content-Length: 5\r\n', 'hello');
    const { observer, taken } = read(`${text}HTTP/1.1 200 OK\r\n\r\n`);
    expect([taken, observer.calls]).toEqual([text.length, ['head', 'data', 'end']]);
  });

  it('delivers bytes that stay unchanged when the read buffer is reused', () => {
    const { observer } = read(ok('Content-Length: 10\r\n', 'helloworld'), { sizes: [40, 3, 3] });
    expect(observer.body).toBe('helloworld');
  });

  it('delivers the data of one read at once, and data ahead of an error', () => {
    expect(read(chunked('1\r\na\r\n2\r\nbc\r\n0\r\n\r\n')).observer.calls).toEqual(['head', 'data', 'end']);
    const { observer, error } = read(chunked('1\r\na\r\n2\r\nbc\r\nZZ\r\n'));
    expect([observer.calls, observer.body, error]).toEqual([['head', 'data'], 'abc', 'a chunk has no size']);
  });
});
