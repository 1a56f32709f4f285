import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient, compose, request, type RawRequest } from './raw.client.js';
import { RecordingUpstream } from './recording.upstream.js';
import { answer, rawAnswer, silence } from './upstream.scenarios.js';

describe('RawClient', () => {
  let upstream: RecordingUpstream;
  beforeEach(async () => {
    upstream = await RecordingUpstream.start();
  });
  afterEach(() => upstream.close());

  it('reads interim answers, header lines, chunks and trailers as they are', async () => {
    upstream.once(
      rawAnswer(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine\r\nX-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nT: 1\r\n\r\n',
        'keep',
      ),
    );
    expect(await request(upstream.port)).toMatchObject({
      status: 200,
      statusLine: 'HTTP/1.1 200 Fine',
      rawHeaders: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Transfer-Encoding', 'chunked'],
      ],
      interim: [{ status: 100, headers: [] }],
      chunkSizes: [2, 0],
      trailers: [['T', '1']],
      text: 'ab',
      truncated: false,
      faults: [],
    });
  });

  it('expects no body in an answer to HEAD', async () => {
    upstream.once(answer({ body: 'unseen' }));
    const seen = await request(upstream.port, { method: 'HEAD' });
    expect([seen.header('content-length'), seen.text]).toEqual(['6', '']);
  });

  it('can be asked again after it waited in vain', async () => {
    const stream = upstream.sse();
    const client = await RawClient.connect(upstream.port);
    await client.send({});
    await stream.event('late');
    await expect(client.response({ timeoutMs: 20 })).rejects.toThrow('waited 20 ms for a complete answer');
    await stream.end();
    await upstream.until('the stream to be over', () => upstream.requests.length === 1);
    expect((await client.response()).text).toBe('data: late\n\n');
    client.destroy();
  });

  it('makes the sender wait while paused', async () => {
    const stream = upstream.sse();
    const client = await RawClient.connect(upstream.port);
    await client.send({});
    await stream.opened();
    client.pause();
    const block = Buffer.alloc(32 * 1024 * 1024);
    let taken = false;
    const sending = stream.send(block).then((all) => (taken = all));
    await expect(client.sees('\0\0', 50)).rejects.toThrow('waited');
    expect(taken).toBe(false);
    client.resume();
    await sending;
    await stream.end();
    expect((await client.response()).body.length).toBe(block.length);
    client.destroy();
  });

  it('leaves by FIN or by reset', async () => {
    for (const [leave, how] of [
      ['end', 'fin'],
      ['destroy', 'fin'],
      ['reset', 'reset'],
    ] as const) {
      upstream.once(silence());
      const client = await RawClient.connect(upstream.port);
      await client.send({});
      const seen = await upstream.nextRequest();
      client[leave]();
      expect(await seen.closed()).toMatchObject({ by: 'peer', how });
      expect(await client.write('more')).toBe(false);
    }
  });

  it('rejects when no server listens', async () => {
    const gone = await RecordingUpstream.start();
    await gone.close();
    await expect(RawClient.connect(gone.port)).rejects.toThrow('ECONNREFUSED');
  });
});

const text = (parts: RawRequest): string => compose(parts, 'h:1').toString('latin1');

describe('compose', () => {
  it('adds a host and a length, and nothing that was given', () => {
    expect(text({})).toBe('GET / HTTP/1.1\r\nHost: h:1\r\n\r\n');
    expect(text({ method: 'POST', target: '/a', headers: { host: 'b', 'X-É': '\xe9' }, body: '☕' })).toBe(
      'POST /a HTTP/1.1\r\nhost: b\r\nX-\xc9: \xe9\r\nContent-Length: 3\r\n\r\n\xe2\x98\x95',
    );
    expect(
      text({
        headers: [
          ['transfer-encoding', 'x'],
          ['Host', 'a'],
          ['Host', 'b'],
        ],
        body: '0',
      }),
    ).toBe('GET / HTTP/1.1\r\ntransfer-encoding: x\r\nHost: a\r\nHost: b\r\n\r\n0');
  });
});
