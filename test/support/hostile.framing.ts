export const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n';
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
export const CHUNKED = 'Transfer-Encoding: chunked\r\n';
export const END = '0\r\n\r\n';

/** Header lines and a body each, all to be refused. */
export const REFUSED: [string, [lines: string, body: string][]][] = [
  ['FR-01 a length and chunks', [[`Content-Length: 6\r\n${CHUNKED}`, `${END}X`]]],
  [
    'FR-02 chunks and a length, with a request in a chunk',
    [[`${CHUNKED}Content-Length: 4\r\n`, chunk(SMUGGLED) + END]],
  ],
  [
    'FR-04 two equal lengths',
    [
      ['Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'],
      ['Content-Length: 5, 5\r\n', 'hello'],
    ],
  ],
  [
    'FR-05 a length in an odd spelling',
    ['+5', '0x5', '-1', '5 5', '1_0', '5\x0b', '', '5a', '99999999999999999999'].map((length) => [
      `Content-Length: ${length}\r\n`,
      'hello',
    ]),
  ],
  [
    'FR-07 a space before the colon',
    [
      ['Content-Length : 5\r\n', 'hello'],
      ['Transfer-Encoding : chunked\r\n', END],
    ],
  ],
  ['FR-08 a leading space on a header line', [[' Content-Length: 5\r\n', 'hello']]],
  [
    'FR-10 chunked that is not last',
    [
      ['Transfer-Encoding: chunked, identity\r\n', END],
      [`${CHUNKED}Transfer-Encoding: identity\r\n`, END],
      [`${CHUNKED}${CHUNKED}`, END],
      ['Transfer-Encoding: chunked, chunked\r\n', END],
      ['Transfer-Encoding: xchunked\r\n', END],
      ['Transfer-Encoding: \r\n', ''],
    ],
  ],
  [
    'FR-11 stacked transfer codings',
    [
      ['Transfer-Encoding: gzip, chunked\r\n', END],
      [`Transfer-Encoding: gzip\r\n${CHUNKED}`, END],
    ],
  ],
  [
    'FR-13 a folded header',
    [
      ['X-A: 1\r\n 2\r\n', ''],
      ['X-A: 1\r\n\t2\r\n', ''],
    ],
  ],
  [
    'FR-14 other line ends in headers',
    [
      ['X: 1\nY: 2\r\n', ''],
      ['X: a\rb\r\n', ''],
      ['X: a\n\rY: b\r\n', ''],
    ],
  ],
];

/** Broken after the head: the upstream may have been begun, but never gets a whole request. */
export const BROKEN_CHUNKS: [string, string][] = [
  ...['+5', '0x5', '5 ', '12345678901234567', '-1', '', 'g', ' 5'].map((size): [string, string] => [
    `FR-17 the chunk size ${JSON.stringify(size)}`,
    `${size}\r\nhello\r\n${END}`,
  ]),
  ['FR-14 chunks with bare line feeds', '5\nhello\n0\n\n'],
  ['FR-16 17 KB of chunk extension', `5;ext=${'x'.repeat(17_000)}\r\nhello\r\n${END}`],
];

/** Request lines with whitespace where none belongs. */
export const SPACED = [
  'GET\t/v1/models HTTP/1.1',
  ' GET /v1/models HTTP/1.1',
  'GET /v1/models HTTP/1.1 ',
  'GET /v1/models\tHTTP/1.1',
];
export const VERSIONS_505 = ['HTTP/2.0', 'HTTP/0.9'];
export const VERSIONS_REFUSED = ['HTTP/1.9', 'HTTP/1.2', 'http/1.1', 'HTTP/1.10', 'HTTP/11', ''];
export const METHODS_REFUSED = ['get', 'G3T', 'A'.repeat(2048)];
export const METHODS_405 = ['TRACE'];

/** One message as it is sent, but for its credentials. */
export interface FramingInput {
  start: string;
  lines: string;
  body: string;
  /** Method, target and body of the only valid request that a front end may make of it; null when there is none. */
  meaning: string | null;
}

/** The body of a row's messages for a front end that repairs them instead of refusing, as RFC 9112 allows. */
const MENDED: Record<string, string> = {
  'FR-01': '',
  'FR-02': SMUGGLED,
  'FR-04': 'hello',
  'FR-13': '',
  'FR-14': 'hello',
  'FR-16': 'hello',
  'FR-17': 'hello',
  'FR-19': 'hello',
  'FR-20': SMUGGLED,
  'FR-22': '',
  'FR-23': '',
  'FR-25': '',
  'FR-28': '{}',
  'FR-29': '',
};

/** Every message by its row of the table, for what sends them all alike. */
export function framingRows(): Map<string, FramingInput[]> {
  const rows = new Map<string, FramingInput[]>();
  const add = (row: string, lines: string, body: string, start = 'POST /v1/files HTTP/1.1'): void => {
    const id = row.slice(0, 'FR-00'.length);
    const mended = body === '' && id in MENDED ? '' : MENDED[id];
    const subject = start.startsWith('POST') ? 'POST /v1/files' : 'GET /v1/models';
    const meaning = mended === undefined ? null : `${subject} ${mended}`;
    rows.set(id, [...(rows.get(id) ?? []), { start, lines, body, meaning }]);
  };
  for (const [row, cases] of REFUSED) for (const [lines, body] of cases) add(row, lines, body);
  for (const [row, body] of BROKEN_CHUNKS) add(row, CHUNKED, body);
  add('FR-16', CHUNKED, `5;ext=1\r\nhello\r\n${END}`);
  for (const trailer of ['Authorization: Bearer EVIL\r\nX-Evil: EVIL\r\n', 'Content-Length: 5\r\n'])
    add('FR-19', `${CHUNKED}Trailer: Authorization\r\n`, `${chunk('hello')}0\r\n${trailer}\r\n`);
  add('FR-20', `Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED, 'GET /v1/models HTTP/1.1');
  for (const version of VERSIONS_505) add('FR-22', '', '', `GET /v1/models ${version}`);
  for (const version of VERSIONS_REFUSED) add('FR-23', '', '', `GET /v1/models ${version}`);
  for (const start of [...SPACED, 'GET  /v1/models  HTTP/1.1']) add('FR-25', '', '', start);
  for (const method of [...METHODS_REFUSED, ...METHODS_405]) add('FR-26', '', '', `${method} /v1/models HTTP/1.1`);
  for (const word of ['100-continue', '200-ok']) add('FR-28', `Expect: ${word}\r\nContent-Length: 2\r\n`, '{}');
  add('FR-29', 'Upgrade: foo\r\nConnection: Upgrade\r\n', SMUGGLED, 'GET /v1/models HTTP/1.1');
  return rows;
}
