import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from './raw.client.js';
import { RecordingUpstream } from './recording.upstream.js';
import { answer, silence, slowUpload } from './upstream.scenarios.js';

describe('a paced upstream', () => {
  let upstream: RecordingUpstream;
  beforeEach(async () => {
    upstream = await RecordingUpstream.start({ prefix: '/base' });
  });
  afterEach(() => upstream.close());

  it('sends a paced stream only when the test does', async () => {
    const stream = upstream.sse();
    const client = await RawClient.connect(upstream.port);
    await client.send({ target: '/base/v1/chat/completions', method: 'POST', body: '{}' });
    expect((await stream.opened()).text).toBe('{}');
    await stream.event({ n: 1 });
    await client.sees('data: {"n":1}\n\n');
    expect(client.received.toString()).not.toContain('two');
    await stream.send('data: tw');
    await stream.send('o\n\n');
    await stream.end();
    const { text, truncated, chunkSizes } = await client.response();
    expect({ text, truncated }).toEqual({ text: 'data: {"n":1}\n\ndata: two\n\n', truncated: false });
    expect(chunkSizes).toEqual([15, 8, 3, 0]);
    client.destroy();
  });

  it('lets a paced stream break off, and notices a reader that leaves', async () => {
    for (const ending of ['cut', 'reset'] as const) {
      const stream = upstream.sse();
      const client = await RawClient.connect(upstream.port);
      await client.send({});
      await stream.event('x');
      await client.sees('data: x');
      await stream[ending]();
      expect(await client.response()).toMatchObject({ truncated: true, text: 'data: x\n\n' });
      expect(await client.closed()).toBe(ending === 'cut' ? 'fin' : 'reset');
    }
    const closed = upstream.sse();
    const client = await RawClient.connect(upstream.port);
    await client.send({});
    const seen = await closed.opened();
    client.destroy();
    expect(await seen.closed()).toMatchObject({ by: 'peer' });
  });

  it('reads an upload slowly, step by step', async () => {
    upstream.once(slowUpload(20_000, answer({ body: 'at last' })));
    const client = await RawClient.connect(upstream.port);
    await client.write('POST / HTTP/1.1\r\nHost: u\r\nContent-Length: 6000\r\n\r\n');
    const seen = await upstream.nextRequest();
    await client.write(Buffer.alloc(6000));
    for (const step of [2000, 4000, 6000]) {
      await seen.received(step - 1999);
      expect(seen.bodyBytes).toBe(step);
    }
    expect((await client.response()).text).toBe('at last');
    client.destroy();
  });

  it('makes the sender of an upload wait while it reads slowly', async () => {
    upstream.once(slowUpload(1024, silence()));
    const client = await RawClient.connect(upstream.port);
    let sent = false;
    void client.send({ method: 'POST', body: Buffer.alloc(32 * 1024 * 1024) }).then((all) => (sent = all));
    const seen = await upstream.nextRequest();
    await seen.received(seen.bodyBytes + 200);
    expect(sent).toBe(false);
    client.destroy();
  });
});
