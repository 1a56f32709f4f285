import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pseudoRandomBytes } from './openai.files.js';
import { RawClient, request } from './raw.client.js';
import { RecordingUpstream } from './recording.upstream.js';
import { answer, silence } from './upstream.scenarios.js';

describe('RecordingUpstream', () => {
  let upstream: RecordingUpstream;
  beforeEach(async () => {
    upstream = await RecordingUpstream.start({ prefix: '/base' });
  });
  afterEach(() => upstream.close());

  it('records method, target, version and header lines exactly', async () => {
    const head =
      'PATCH /base/v1/x?q=%2e%2E&q=;a HTTP/1.1\r\nhOsT: u\r\nX-Dup: 1\r\nx-dup:2 \r\nX-Eight: caf\xe9\r\nX-Empty:\r\n\r\n';
    const client = await RawClient.connect(upstream.port);
    await client.write(head);
    const seen = await (await upstream.nextRequest()).completed();
    expect(seen).toMatchObject({ method: 'PATCH', target: '/base/v1/x?q=%2e%2E&q=;a', httpVersion: '1.1', faults: [] });
    expect(seen.rawHead.toString('latin1')).toBe(head);
    expect(seen.headers).toEqual([
      ['hOsT', 'u'],
      ['X-Dup', '1'],
      ['x-dup', '2'],
      ['X-Eight', 'caf\xe9'],
      ['X-Empty', ''],
    ]);
    expect(seen.headerValues('X-DUP')).toEqual(['1', '2']);
    expect((await client.response()).status).toBe(404);
    expect(upstream.bytesReceived).toBe(head.length);
    client.destroy();
  });

  it('takes the framing off a chunked body and keeps every byte, chunk size and trailer', async () => {
    const body = pseudoRandomBytes(70_000, 7);
    const client = await RawClient.connect(upstream.port);
    await client.write('POST /base/v1/x HTTP/1.1\r\nHost: u\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n');
    const seen = await upstream.nextRequest();
    await client.write(body.subarray(0, 1));
    await seen.received(1);
    expect(seen.bodyState).toBe('arriving');
    await client.write(
      Buffer.concat([Buffer.from('\r\n1116f;ext=1\r\n'), body.subarray(1), Buffer.from('\r\n0\r\nX-T: 1\r\n\r\n')]),
    );
    await seen.completed();
    expect(seen.body.equals(body)).toBe(true);
    expect(seen.sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect(seen.chunkSizes).toEqual([1, 69_999, 0]);
    expect(seen.trailers).toEqual([['X-T', '1']]);
    client.destroy();
  });

  it('serves pipelined requests in order on one connection and numbers the connections', async () => {
    upstream.reply(async (exchange) => {
      if (await exchange.receiveAll())
        await exchange.answer({ body: `${exchange.request.target} ${exchange.request.text}` });
    });
    const client = await RawClient.connect(upstream.port);
    await client.write('POST /1 HTTP/1.1\r\nHost: u\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\nHost: u\r\n\r\n');
    expect((await client.response()).text).toBe('/1 ab');
    expect((await client.response()).text).toBe('/2 ');
    await request(upstream.port, { target: '/3' });
    expect(upstream.requests.map(({ target, connectionId }) => [target, connectionId])).toEqual([
      ['/1', 1],
      ['/2', 1],
      ['/3', 2],
    ]);
    client.destroy();
  });

  it.each([
    ['content-length and transfer-encoding', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'],
    ['content-length more than once', 'Content-Length: 4\r\nContent-Length: 4\r\n'],
    ['bad transfer-encoding', 'Transfer-Encoding: gzip, chunked\r\n'],
    ['bad content-length', 'Content-Length: +4\r\n'],
    ['bad header name', 'X y: 1\r\n'],
    ['control byte', 'X: a\nb\r\n'],
    ['not exactly one host', 'Host: v\r\n'],
  ])('names a smuggled head: %s', async (fault, lines) => {
    const client = await RawClient.connect(upstream.port);
    await client.write(`POST /a HTTP/1.1\r\nHost: u\r\n${lines}\r\nGET /b HTTP/1.1\r\nHost: u\r\n\r\n`);
    expect((await client.response()).status).toBe(400);
    expect(await client.closed()).toBe('fin');
    expect(upstream.requests.map(({ target }) => target)).toEqual(['/a']);
    expect(upstream.requests[0]?.faults.join()).toContain(fault);
  });

  it('distinguishes an aborted upload from a complete one, and records when and how the peer closed', async () => {
    upstream.reply(silence());
    const before = performance.now();
    for (const leave of ['end', 'reset'] as const) {
      const client = await RawClient.connect(upstream.port);
      await client.write('POST /a HTTP/1.1\r\nHost: u\r\nContent-Length: 10\r\n\r\n12345');
      const seen = await upstream.nextRequest();
      await seen.received(5);
      client[leave]();
      await expect(seen.completed()).rejects.toThrow('body aborted');
      const closing = await seen.closed();
      expect(closing).toMatchObject({ by: 'peer', how: leave === 'end' ? 'fin' : 'reset' });
      expect(closing.atMs).toBeGreaterThan(before);
      expect(seen.text).toBe('12345');
    }
  });

  it('answers by queue, then by the latest matching route, then by default', async () => {
    const status = async (target: string): Promise<number> => (await request(upstream.port, { target })).status;
    upstream.route(/^GET \/v1\/m/, answer({ status: 501 })).route('GET /v1/models', answer({ status: 502 }));
    upstream.once(answer({ status: 503 }));
    expect(await status('/base/v1/models?x')).toBe(503);
    expect(await status('/base/v1/models?x')).toBe(502);
    expect(await status('/base/v1/me')).toBe(501);
    upstream.clear();
    expect(await status('/base/v1/models')).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });

  it('can leave at once when a connection is accepted', async () => {
    for (const how of ['fin', 'reset'] as const) {
      upstream.onAccept = how;
      // A reset may come before the connecting side has seen that it is connected.
      const seen = await RawClient.connect(upstream.port).then(
        (client) => client.closed(),
        () => 'reset',
      );
      expect(seen).toBe(how);
    }
    expect(upstream.bytesReceived).toBe(0);
    expect(upstream.connections).toHaveLength(2);
  });

  it('can write on an idle connection', async () => {
    const client = await RawClient.connect(upstream.port);
    await client.send({ target: '/base/v1/models' });
    await client.response();
    await upstream.connections[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison');
    expect((await client.response()).text).toBe('poison');
    client.destroy();
  });

  it('reports a handler that throws when it is closed', async () => {
    const own = await RecordingUpstream.start();
    own.reply(() => {
      throw new Error('mistake in a test');
    });
    await expect(request(own.port)).rejects.toThrow('before an answer');
    await expect(own.close()).rejects.toThrow('handler failed');
  });

  it('names what it waited for in vain', async () => {
    await expect(upstream.nextRequest(1)).rejects.toThrow('waited 1 ms for request 1');
    await request(upstream.port, { target: '/first' });
    expect((await upstream.nextRequest()).target).toBe('/first');
  });
});
