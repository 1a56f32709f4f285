import { describe, expect, it } from 'vitest';
import { Attack } from './support/hostile.js';
import { House } from './support/house.js';

const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const END = '0\r\n\r\n';

/** Header lines and a body each, all to be refused. */
const REFUSED: [string, [lines: string, body: string][]][] = [
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
const BROKEN_CHUNKS: [string, string][] = [
  ...['+5', '0x5', '5 ', '12345678901234567', '-1', '', 'g', ' 5'].map((size): [string, string] => [
    `FR-17 the chunk size ${JSON.stringify(size)}`,
    `${size}\r\nhello\r\n${END}`,
  ]),
  ['FR-14 chunks with bare line feeds', '5\nhello\n0\n\n'],
  ['FR-16 17 KB of chunk extension', `5;ext=${'x'.repeat(17_000)}\r\nhello\r\n${END}`],
];

describe('hostile framing', () => {
  const house = House.forTests();
  const attack = new Attack(house);

  it.each(REFUSED)('%s', async (_row, cases) => {
    for (const [lines, body] of cases) await attack.isRefused(await attack.request(lines, body));
    expect(house.upstream.requests).toEqual([]);
  });

  it.each(BROKEN_CHUNKS)('%s is refused, and no whole request goes on', async (_row, body) => {
    await attack.isRefused(await attack.request(CHUNKED, body));
    expect(house.upstream.requests.filter(({ bodyState }) => bodyState === 'complete')).toEqual([]);
  });

  it('FR-14 bare line feeds for CRLF, and something after the last CR, are refused', async () => {
    expect(
      await attack.isRefused((await attack.request('', '', 'GET /v1/models HTTP/1.1')).replaceAll('\r\n', '\n')),
    ).toMatchObject({ truncated: false });
    expect(await attack.isRefused(`GET /v1/models HTTP/1.1\r\n${await attack.credentials()}\rX`)).toMatchObject({
      truncated: false,
    });
  });

  it('FR-16 a short chunk extension is dropped', async () => {
    await attack.isServed(await attack.request(CHUNKED, `5;ext=1\r\nhello\r\n${END}`));
    const request = await house.upstream.nextRequest();
    expect([request.text, request.faults]).toEqual(['hello', []]);
    expect(request.rawHead.toString()).not.toContain('ext=1');
  });

  it('FR-19 trailers are never merged into the headers and never forwarded', async () => {
    const head = await attack.request(`${CHUNKED}Trailer: Authorization\r\n`);
    await attack.isServed(`${head}${chunk('hello')}0\r\nAuthorization: Bearer EVIL\r\nX-Evil: EVIL\r\n\r\n`);
    const request = await house.upstream.nextRequest();
    expect([request.text, request.trailers]).toEqual(['hello', []]);
    expect(request.rawHead.toString()).not.toContain('EVIL');
    house.upstream.clear();
    const client = await house.connect();
    await client.write(`${head}${chunk('hello')}0\r\nContent-Length: 5\r\n\r\n`);
    expect((await client.response()).status).toBe(400);
    client.destroy();
    await attack.lives();
    expect(house.upstream.requests.filter(({ bodyState }) => bodyState === 'complete')).toEqual([]);
  });

  it('FR-22 HTTP/2.0 and HTTP/0.9 as version text are 505', async () => {
    for (const version of ['HTTP/2.0', 'HTTP/0.9'])
      expect(await attack.isRefused(await attack.request('', '', `GET /v1/models ${version}`), [505])).toMatchObject({
        truncated: false,
      });
  });

  it('FR-23 other versions, and the preface of HTTP/2, are refused', async () => {
    for (const version of ['HTTP/1.9', 'HTTP/1.2', 'http/1.1', 'HTTP/1.10', 'HTTP/11', ''])
      expect(await attack.isRefused(await attack.request('', '', `GET /v1/models ${version}`))).toMatchObject({
        truncated: false,
      });
    expect(await attack.isRefused('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatchObject({ truncated: false });
  });

  it('FR-25 tabs and spaces around the request line are refused; two spaces between go on as one (RFC 9112 §3)', async () => {
    for (const start of [
      'GET\t/v1/models HTTP/1.1',
      ' GET /v1/models HTTP/1.1',
      'GET /v1/models HTTP/1.1 ',
      'GET /v1/models\tHTTP/1.1',
    ])
      await attack.isRefused(await attack.request('', '', start));
    await attack.isServed(await attack.request('', '', 'GET  /v1/models  HTTP/1.1'), 'GET');
    expect((await house.upstream.nextRequest()).rawHead.toString()).toMatch(/^GET \/v1\/models HTTP\/1\.1\r\n/);
  });

  it('FR-26 methods in lower case, unknown or 2 KB long are refused; those that no operation has are 405', async () => {
    for (const method of ['get', 'G3T', 'A'.repeat(2048)])
      expect(await attack.isRefused(await attack.request('', '', `${method} /v1/models HTTP/1.1`))).toMatchObject({
        truncated: false,
      });
    for (const method of ['PURGE', 'LINK', 'SOURCE', 'M-SEARCH', 'QUERY'])
      expect(
        await attack.isRefused(await attack.request('', '', `${method} /v1/models HTTP/1.1`), [405], false),
      ).toMatchObject({ truncated: false });
  });

  it('HTTP/1.0 with chunks is refused (RFC 9112 §6.1); without, it is served and closed', async () => {
    await attack.isRefused(await attack.request(CHUNKED, chunk('hello') + END, 'POST /v1/files HTTP/1.0'));
    const response = await attack.isServed(
      await attack.request('Content-Length: 2\r\n', '{}', 'POST /v1/files HTTP/1.0'),
    );
    expect(response.header('connection')).toBe('close');
  });
});
