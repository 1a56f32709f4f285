// Status lines and header lines of responses. The odd ones are malformed or ambiguous.

export const STATUS_LINES = [
  '200 OK',
  '200',
  '200 ',
  '404 Not Found',
  '204 No Content',
  '304 Not Modified',
  '299 \xe9',
  '500 a\tb',
  '600 x',
]
  .map((rest) => `HTTP/1.1 ${rest}`)
  .concat('HTTP/1.0 200 OK');
export const ODD_STATUS_LINES = [
  'HTTP/1.1  200 OK',
  'HTTP/1.1 200OK',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 099 OK',
  'http/1.1 200 OK',
]
  .concat([
    'HTTP/2.0 200 OK',
    'HTTP/1.2 200 OK',
    'HTTP/0.9 200 OK',
    'HTTP/1.1\t200 OK',
    'HTTP/1.1 200 O\x00K',
    'HTTP/1.1 101 Switch',
  ])
  .concat([
    '\r\nHTTP/1.1 200 OK',
    ' HTTP/1.1 200 OK',
    'HTTP/1.1 200 OK\r',
    'ICY 200 OK',
    '',
    'HTTP/1.1 200 O\x7fK',
    'HTTP/1.1 1xx',
    'RTSP/1.0 200 OK',
  ]);

export const FIELDS = [
  'Date: now',
  'x-a:b',
  'X-A:  b \t c\t ',
  'x-empty:',
  'Set-Cookie: a=1',
  'Set-Cookie: b=2',
  'X-L: \xe9\xff',
  'x-quoted: "a, b:c"',
]
  .concat([
    'Connection: close',
    'connection: keep-alive',
    'Connection: x,\tCLOSE',
    'Keep-Alive: timeout=5',
    'Connection: upgrade',
    'Upgrade: h2c',
  ])
  .concat([`x-long: ${'l'.repeat(300)}`, 'Trailer: x-sum', '__proto__: a', "!#$%&'*+-.^_`|~: b"]);
export const ODD_FIELDS = [
  'X-A : b',
  ' X-A: b',
  '\tfolded',
  'X-A',
  ': b',
  'X-A: b\r\n c',
  'X A: b',
  'X-A: b\rc',
  'X-A: b\nX-C: d',
  'X-A: \x00',
  'X-A: \x7f',
]
  .concat([
    'X-\xe9: b',
    'Content-Length: 3',
    'Content-Length: 3, 3',
    'content-length: +3',
    'Content-Length: 0x3',
    'Content-Length: 3 3',
  ])
  .concat([
    'Content-Length: -1',
    'Content-Length:',
    'Content-Length: 03',
    'Content-Length : 3',
    'Content-Length: 99999999999999999999',
  ])
  .concat([
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: chunked, chunked',
  ])
  .concat([
    'Transfer-Encoding: \x0bchunked',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:',
    'transfer-encoding: CHUNKED',
    'Transfer-Encoding: xchunked',
  ])
  .concat([
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding: chunked;q=1',
    'X: y\r\n',
    `x-huge: ${'h'.repeat(17_000)}`,
  ]);
