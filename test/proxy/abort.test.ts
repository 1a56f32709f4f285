import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { earlyAnswer, silence } from '../support/upstream.scenarios.js';

describe('leaving', () => {
  const fixture = ProxyFixture.forTests();

  it('CL-02 before the headers aborts the upstream call; the take stays counted', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token({ max_requests: 3 });
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(token), body: '{}' });
    const request = await fixture.upstream.nextRequest();
    client.destroy();
    expect((await request.closed()).by).toBe('peer');
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(1);
    await until('the line', () =>
      fixture.app.accessLines.some((line) => line['token_id'] === token.id && line['end'] === 'client'),
    );
  });

  it('during a stream aborts the upstream call', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    const request = await paced.opened();
    await paced.event({ n: 1 });
    await client.sees('"n":1');
    client.reset();
    expect((await request.closed()).by).toBe('peer');
  });

  it('CL-01 BD-08 during an upload never completes the body upstream', async () => {
    for (const size of [100, 1_000_000]) {
      const token = await fixture.app.token({ max_requests: 3 });
      const client = await fixture.connect();
      await client.write(
        `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nContent-Length: ${size}\r\n\r\n${'a'.repeat(size / 2)}`,
      );
      if (size > 65_536) await fixture.upstream.nextRequest();
      client.end();
      await client.closed();
      for (const request of fixture.upstream.requests) await expect(request.completed()).rejects.toThrow();
      await until('the line', () =>
        fixture.app.accessLines.some((line) => line['token_id'] === token.id && line['end'] === 'client'),
      );
      const { request_count: count } = await fixture.app.tokenById(token.id);
      expect(count).toBe(size > 65_536 ? 1 : 0);
    }
  });

  it('RS-23 UP-06 is not needed to read an early response: a 413 during an upload arrives', async () => {
    fixture.upstream.once(earlyAnswer(undefined, 'drain'));
    const client = await fixture.connect();
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nContent-Length: 10000000\r\n\r\n`,
    );
    void client.write(Buffer.alloc(3_000_000));
    const response = await client.response();
    expect(response.status).toBe(413);
    expect(response.truncated).toBe(false);
    client.destroy();
  });

  it('FR-31 a refusal during an upload arrives, and the rest is never read as a request', async () => {
    const client = await fixture.connect();
    const smuggled = 'GET /v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    await client.write(
      `POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nope\r\nContent-Length: 1000000\r\n\r\n`,
    );
    expect((await client.response()).status).toBe(401);
    await client.write(smuggled.repeat(Math.ceil(1_000_000 / smuggled.length)).slice(0, 1_000_000));
    await client.write(`GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`);
    expect((await client.response()).status).toBe(200);
    expect(fixture.upstream.requests.map(({ target }) => target)).toEqual(['/v1/models']);
    client.destroy();
  });
});
