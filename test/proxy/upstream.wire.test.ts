import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import type { RawResponse } from '../support/raw.response.js';
import { answer, rawAnswer } from '../support/upstream.scenarios.js';
import type { HeaderLine } from '../support/wire.head.js';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('a response head that arrives together with invalid chunks', () => {
  const fixture = ProxyFixture.forTests();

  it('is passed on before the break', async () => {
    fixture.upstream.once(rawAnswer('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n', 'keep'));
    const response = await fixture.call();
    expect([response.status, response.truncated]).toEqual([200, true]);
  });
});

describe('an upstream that sends 100 Continue without an expectation', () => {
  const fixture = ProxyFixture.forTests();

  it.each([
    ['in one piece with its response', CONTINUE + OK],
    ['twice, among others', `${CONTINUE}HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${CONTINUE}${OK}`],
  ])('%s is passed on, and then its response', async (_how, bytes) => {
    fixture.upstream.once(rawAnswer(bytes, 'keep'));
    const response = await fixture.call({ body: '{}' });
    const statuses = [...bytes.matchAll(/HTTP\/1\.1 (1\d\d)/g)].map(([, status]) => Number(status));
    expect([response.status, response.text, response.truncated]).toEqual([200, 'ok', false]);
    expect(response.interim.map(({ status }) => status)).toEqual(statuses);
    expect((await fixture.call()).status).toBe(200);
    expect(new Set(fixture.upstream.requests.map(({ connectionId }) => connectionId)).size).toBe(1);
  });

  it('in the middle of an upload does not stop it', async () => {
    fixture.upstream.once(async (exchange) => {
      await exchange.request.received(1);
      await exchange.write(CONTINUE);
      if (await exchange.receiveAll()) await exchange.answer({ body: 'ok' });
    });
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nContent-Length: 100000\r\n\r\na`,
    );
    await client.sees(CONTINUE);
    await client.write('a'.repeat(99_999));
    expect(await client.response()).toMatchObject({ status: 200, text: 'ok', interim: [{ status: 100 }] });
    expect(fixture.upstream.requests[0]!.body).toHaveLength(100_000);
    client.destroy();
  });

  it('is not passed on to a client of HTTP/1.0', async () => {
    fixture.upstream.once(rawAnswer(CONTINUE + OK, 'keep'));
    const client = await fixture.connect();
    await client.write(`GET /v1/models HTTP/1.0\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`);
    expect(await client.response()).toMatchObject({ status: 200, text: 'ok', interim: [] });
    client.destroy();
  });
});

describe('trailers of a response', () => {
  const fixture = ProxyFixture.forTests();

  it('that would frame or describe the body are dropped; the body and other trailers are passed on', async () => {
    fixture.upstream.once(async (exchange) => {
      if (!(await exchange.receiveAll())) return;
      await exchange.head(200, [['transfer-encoding', 'chunked']]);
      await exchange.chunk('ok');
      await exchange.lastChunk([
        ['X-Checksum', 'abc'],
        ['Content-Length', '5'],
        ['Transfer-Encoding', 'chunked'],
        ['Content-Type', 'text/html'],
        ['x-checksum', 'def'],
      ]);
    });
    const response = await fixture.call();
    expect(response).toMatchObject({ status: 200, text: 'ok', truncated: false });
    expect(response.trailers).toEqual([
      ['X-Checksum', 'abc'],
      ['x-checksum', 'def'],
    ]);
    expect((await fixture.call()).text).toBe('{"ok":true}');
  });
});

describe('a connection to the upstream', () => {
  const fixture = ProxyFixture.forTests();
  const connectionsOf = async (count: number, first: HeaderLine[]): Promise<number> => {
    fixture.upstream.once(answer({ headers: first, body: 'ok' }));
    for (let i = 0; i < count; i += 1) expect((await fixture.call({ body: '{}' })).status).toBe(200);
    return new Set(fixture.upstream.requests.map(({ connectionId }) => connectionId)).size;
  };

  it.each([
    ['no header describes it', [], 1],
    ['it stays open for a minute', [['Keep-Alive', 'timeout=60, max=1000']], 1],
    ['it stays open for a second, which may be over when a request arrives', [['Keep-Alive', 'timeout=1']], 2],
    ['it will be closed', [['Connection', 'close']], 2],
  ] as [string, HeaderLine[], number][])('when %s: %j', async (_what, headers, connections) => {
    expect(await connectionsOf(2, headers)).toBe(connections);
  });

  it('that was closed after a response costs no request', async () => {
    for (let i = 0; i < 20; i += 1) {
      fixture.upstream.once(rawAnswer(OK, 'fin'));
      const responses: RawResponse[] = [await fixture.call({ body: '{}' }), await fixture.call({ body: '{}' })];
      expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    }
    expect(fixture.upstream.requests).toHaveLength(40);
  });
});

describe('the framing of a request', () => {
  const fixture = ProxyFixture.forTests();
  const lines = async (head: string, body = ''): Promise<string[]> => {
    const client = await fixture.connect();
    await client.write(`${head.replace('TOKEN', `Bearer ${fixture.token.token}`)}\r\n\r\n${body}`);
    expect((await client.response()).status).toBe(200);
    client.destroy();
    const request = await fixture.upstream.nextRequest();
    expect([request.faults, request.bodyState]).toEqual([[], 'complete']);
    return request.headers.map(([name, value]) => `${name}: ${value}`).slice(1);
  };

  it('is not added to a request without a body', async () => {
    expect(await lines('POST /v1/responses/a/cancel HTTP/1.1\r\nHost: a\r\nAuthorization: TOKEN')).toEqual([
      expect.stringMatching(/^Authorization: /),
    ]);
  });

  it('keeps its position among the headers, and its case', async () => {
    const head =
      'POST /v1/responses HTTP/1.1\r\nHost: a\r\nX-A: 1\r\ncontent-LENGTH: 2\r\nAuthorization: TOKEN\r\nx-b: 2';
    expect(await lines(head, '{}')).toEqual([
      'X-A: 1',
      'content-LENGTH: 2',
      expect.stringMatching(/^Authorization: /),
      'x-b: 2',
    ]);
  });

  it('of an empty body is passed on as a length or as chunks', async () => {
    const head = 'POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: TOKEN\r\n';
    expect(await lines(`${head}Content-Length: 0`)).toContain('Content-Length: 0');
    expect(await lines(`${head}Transfer-Encoding: chunked`, '0\r\n\r\n')).toContain('Transfer-Encoding: chunked');
  });
});

describe('an upload whose connection closes before anything was written', () => {
  const fixture = ProxyFixture.forTests();

  it('is sent whole over another connection', async () => {
    await fixture.call();
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    await until('the upload to be running', () => fixture.app.running.lifecycle.running === 1);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const { connections } = fixture.upstream;
    const before = connections.length;
    connections.at(-1)!.fin();
    await until('another connection', () => connections.length > before);
    await client.write('5\r\nhello\r\n');
    await client.write('6\r\n world\r\n0\r\n\r\n');
    expect((await client.response()).status).toBe(200);
    expect(fixture.upstream.requests.map(({ text }) => text)).toEqual(['', 'hello world']);
    client.destroy();
  });
});
