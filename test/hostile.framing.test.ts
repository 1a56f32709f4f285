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

describe('hostile sequences', () => {
  const house = House.forTests();
  const attack = new Attack(house);

  it('FR-28 an expectation: 100 only to an admitted request, 417 for any other word', async () => {
    const client = await house.connect();
    await client.write(await attack.request('Expect: 100-continue\r\nContent-Length: 2\r\n'));
    await client.sees('HTTP/1.1 100 Continue\r\n\r\n');
    expect(house.upstream.requests).toEqual([]);
    await client.write('{}');
    const response = await client.response();
    expect([response.status, response.interim.length]).toEqual([200, 1]);
    expect((await house.upstream.nextRequest()).header('expect')).toBeUndefined();
    client.destroy();

    await attack.isRefused(await attack.request('Expect: 200-ok\r\nContent-Length: 2\r\n', '{}'), [417]);
    const refused = await attack.isRefused(
      'POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nope\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
      [401],
    );
    expect(refused.interim).toEqual([]);
  });

  it('FR-29 an upgrade nobody offers is ignored; what follows in its packet is dropped with the connection', async () => {
    const client = await house.connect();
    await client.write(
      (await attack.request('Upgrade: foo\r\nConnection: Upgrade\r\n', '', 'GET /v1/models HTTP/1.1')) + SMUGGLED,
    );
    const response = await client.response();
    expect([response.status, response.header('connection')]).toEqual([200, 'close']);
    expect(await client.closed()).toBe('fin');
    expect(house.upstream.requests.map(({ target }) => target)).toEqual(['/v1/models']);
    expect((await house.upstream.nextRequest()).header('upgrade')).toBeUndefined();
    client.destroy();
  });

  it('FR-32 fifty requests in one write are answered in order, each under its own token', async () => {
    const { id } = await house.app.project();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, () => house.app.token({ project_id: id, max_requests: 2 })),
    );
    house.upstream.reply(async (exchange) => {
      await exchange.receiveAll();
      await exchange.answer({ body: exchange.request.target });
    });
    const client = await house.connect();
    await client.write(
      tokens
        .map(({ token }, n) => `GET /v1/n/${n} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
        .join(''),
    );
    for (const n of tokens.keys()) expect((await client.response()).text).toBe(`/v1/n/${n}`);
    client.destroy();
    for (const { id: token } of tokens) expect((await house.app.tokenById(token)).request_count).toBe(1);
  });

  it('FR-32 what is broken behind a whole request takes nothing from its answer, and is never answered in its place', async () => {
    const paced = house.upstream.sse();
    const client = await house.connect();
    const lines = attack.lines();
    await client.write(`${await attack.request('', '', 'GET /v1/models HTTP/1.1')}NONSENSE\r\n\r\n`);
    await paced.opened();
    await paced.event({ n: 1 });
    await client.sees('"n":1');
    await paced.end();
    const response = await client.response();
    expect([response.status, response.truncated]).toEqual([200, false]);
    expect(await client.closed()).toBe('fin');
    expect(attack.lines()).toBe(lines + 2);
    client.destroy();
  });

  it('FR-31 an answer that closes during an upload arrives whole, and nothing behind the body is read as a request', async () => {
    const client = await house.connect();
    const size = 2_000_000;
    await client.write(`POST /v1/files HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
    void client.write(Buffer.alloc(size / 2));
    expect(await client.response()).toMatchObject({ status: 401, truncated: false });
    await client.write(Buffer.alloc(size / 2));
    await client.write(await attack.request('', '', 'GET /v1/models HTTP/1.1'));
    await client.closed();
    expect(house.upstream.requests).toEqual([]);
    client.destroy();
  });

  it('CL-07 what comes after the answer is a request of its own, authenticated on its own', async () => {
    const client = await house.connect();
    await client.write(await attack.request('Content-Length: 2\r\n', '{}'));
    expect((await client.response()).status).toBe(200);
    await client.write('POST /v1/files HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
    expect((await client.response()).status).toBe(401);
    expect(house.upstream.requests).toHaveLength(1);
    client.destroy();
  });
});
