import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient, request } from './raw.client.js';
import { RecordingUpstream } from './recording.upstream.js';
import * as broken from './upstream.broken.js';
import type { Handler } from './upstream.connection.js';
import * as scenarios from './upstream.scenarios.js';

describe('a broken upstream', () => {
  let upstream: RecordingUpstream;
  beforeEach(async () => {
    upstream = await RecordingUpstream.start();
  });
  afterEach(() => upstream.close());

  const behaving = (handler: Handler): Promise<RawClient> => {
    upstream.once(handler);
    return RawClient.connect(upstream.port);
  };

  it.each([
    ['finBeforeHeaders', scenarios.finBeforeHeaders(), 'fin before an answer'],
    ['resetBeforeHeaders', scenarios.resetBeforeHeaders(), 'reset before an answer'],
    ['resetDuringUpload', scenarios.resetDuringUpload(2), 'reset before an answer'],
    ['garbage', broken.garbage('SSH-2.0\r\n\r\n'), 'no HTTP answer'],
  ])('%s gives no answer', async (_name, handler, message) => {
    upstream.once(handler);
    await expect(request(upstream.port, { method: 'POST', body: 'abc' })).rejects.toThrow(message);
  });

  it.each([
    ['truncatedChunks', broken.truncatedChunks(), 'fin before the last chunk'],
    ['truncatedChunks by reset', broken.truncatedChunks('{"half":', 'reset'), 'reset before the last chunk'],
    ['shortBody', broken.shortBody(), 'fin with 92 bytes missing'],
    ['shortBody by reset', broken.shortBody(100, '{"half":', 'reset'), 'reset with 92 bytes missing'],
    ['badChunk size', broken.badChunk(), 'bad chunk size "ZZ"'],
    ['closeDelimited by reset', broken.closeDelimited('{"half":', 'reset'), 'reset before the end'],
  ])('%s truncates after what was valid', async (_name, handler, fault) => {
    upstream.once(handler);
    expect(await request(upstream.port)).toMatchObject({ status: 200, truncated: true, fault, text: '{"half":' });
  });

  it('badChunk end truncates behind the chunk', async () => {
    upstream.once(broken.badChunk('end'));
    expect(await request(upstream.port)).toMatchObject({ text: '{"half":{}', fault: "no CRLF at a chunk's end" });
  });

  it('closeDelimited is complete at the FIN', async () => {
    upstream.once(broken.closeDelimited('all'));
    expect(await request(upstream.port)).toMatchObject({ text: 'all', truncated: false });
  });

  it('longBody and twoAnswers leave bytes that belong to no request', async () => {
    const long = await behaving(broken.longBody());
    await long.send({});
    expect((await long.response()).text).toBe('{}');
    await long.sees('EXTRA');
    long.destroy();
    const two = await behaving(broken.twoAnswers());
    await two.send({});
    expect([(await two.response()).json(), (await two.response()).json()]).toEqual([{ n: 1 }, { n: 2 }]);
    two.destroy();
  });

  it('silence and stallAfter last until the peer leaves', async () => {
    const silent = await behaving(scenarios.silence());
    await silent.send({});
    await expect(silent.response({ timeoutMs: 30 })).rejects.toThrow('waited 30 ms');
    silent.destroy();
    expect((await upstream.requests[0]?.closed())?.by).toBe('peer');
    const stalled = await behaving(broken.stallAfter());
    await stalled.send({});
    await stalled.sees('half');
    expect(upstream.requests[1]?.closing).toBeUndefined();
    stalled.destroy();
    expect((await upstream.requests[1]?.closed())?.by).toBe('peer');
  });

  it('endlessInterim says 103 again and again', async () => {
    const client = await behaving(scenarios.endlessInterim(1));
    await client.send({});
    await client.sees('103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\nHTTP/1.1 103');
    client.destroy();
    expect((await upstream.requests[0]?.closed())?.by).toBe('peer');
  });

  it('neverEnding goes on until the peer leaves', async () => {
    const client = await behaving(scenarios.neverEnding(2000, 1));
    await client.send({});
    await client.sees('2\r\n:\n\r\n2\r\n:\n\r\n');
    client.destroy();
    expect((await upstream.requests[0]?.closed())?.by).toBe('peer');
  });

  it.each(['drain', 'linger', 'close'] as const)(
    'earlyAnswer with %s is there before the upload ends',
    async (rest) => {
      const client = await behaving(scenarios.earlyAnswer(undefined, rest));
      await client.write('POST / HTTP/1.1\r\nHost: u\r\nContent-Length: 10\r\n\r\n01');
      expect(await client.response()).toMatchObject({ status: 413, truncated: false });
      const ended = rest === 'drain' ? 'still open' : await client.closed();
      expect(ended).toMatch({ drain: /still open/, linger: /fin/, close: /fin|reset/ }[rest]);
      await client.write('23456789');
      const body = await upstream.requests[0]?.bodyEnded();
      expect(body).toBe(rest === 'drain' ? 'complete' : 'aborted');
      client.destroy();
    },
  );

  it('hugeHeaders, hugeChunkExtension and oddHeader are complete answers', async () => {
    upstream.once(broken.hugeHeaders({ lines: 3, bytes: 50_000 }));
    expect((await request(upstream.port)).header('x-huge-2')).toHaveLength(50_000);
    upstream.once(broken.hugeChunkExtension(1_000_000));
    expect(await request(upstream.port)).toMatchObject({ text: '{}', truncated: false });
    upstream.once(broken.oddHeader('x-odd: a\0b\xe9'));
    expect(await request(upstream.port)).toMatchObject({ text: '{}', faults: ['control byte in "x-odd: a\\u0000bé"'] });
  });

  it('redirects, answers without a body, and errors in OpenAI shape', async () => {
    upstream.once(scenarios.redirect(307, 'http://elsewhere.invalid/'));
    expect((await request(upstream.port)).header('location')).toBe('http://elsewhere.invalid/');
    const client = await behaving(scenarios.bodiless(204, 'xyz'));
    await client.send({});
    expect(await client.response()).toMatchObject({ status: 204, text: '' });
    await client.sees('xyz');
    client.destroy();
    upstream.once(scenarios.rateLimited(7)).once(scenarios.serverError()).once(scenarios.unauthorized());
    const limited = await request(upstream.port);
    expect([limited.status, limited.header('retry-after'), limited.json()]).toMatchObject([
      429,
      '7',
      { error: { code: 'rate_limit_exceeded', type: 'requests' } },
    ]);
    expect((await request(upstream.port)).status).toBe(500);
    expect((await request(upstream.port)).status).toBe(401);
  });
});
