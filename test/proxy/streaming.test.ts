import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('an event stream', () => {
  const fixture = ProxyFixture.forTests();

  it('passes chunk by chunk as it comes, and the head before the first', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({
      method: 'POST',
      target: '/v1/chat/completions',
      headers: fixture.headers(),
      body: '{"stream":true}',
    });
    await paced.opened();
    await client.sees('x-accel-buffering: no');
    for (const part of ['data: {"n":1}\n\n', 'data: {"n"', ':2}\r\n\r', '\n: comment\n\n', 'data: [DONE]\n\n']) {
      await paced.send(part);
      await client.sees(part);
    }
    await paced.end();
    const response = await client.response();
    expect(response.header('content-type')).toContain('text/event-stream');
    expect(response.truncated).toBe(false);
    expect(response.text).toBe('data: {"n":1}\n\ndata: {"n":2}\r\n\r\n: comment\n\ndata: [DONE]\n\n');
    client.destroy();
  });

  it.each(['cut', 'reset'] as const)('that the upstream breaks off (%s) breaks off at the client too', async (how) => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    await paced.opened();
    await paced.event({ n: 1 });
    await client.sees('"n":1');
    void paced[how]();
    expect((await client.response()).truncated).toBe(true);
    client.destroy();
  });
});
