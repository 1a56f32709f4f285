import { describe, expect, it } from 'vitest';
import { Attack } from '../support/hostile.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n';

describe('hostile sequences', () => {
  const fixture = ProxyFixture.forTests();
  const attack = new Attack(fixture);

  it('FR-28 an expectation: 100 only to an admitted request, 417 for any other value', async () => {
    const client = await fixture.connect();
    await client.write(await attack.request('Expect: 100-continue\r\nContent-Length: 2\r\n'));
    await client.sees('HTTP/1.1 100 Continue\r\n\r\n');
    expect(fixture.upstream.requests).toEqual([]);
    await client.write('{}');
    const response = await client.response();
    expect([response.status, response.interim.length]).toEqual([200, 1]);
    expect((await fixture.upstream.nextRequest()).header('expect')).toBeUndefined();
    client.destroy();

    await attack.isRefused(await attack.request('Expect: 200-ok\r\nContent-Length: 2\r\n', '{}'), [417]);
    const refused = await attack.isRefused(
      'POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nope\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
      [401],
    );
    expect(refused.interim).toEqual([]);
  });

  it.each([
    ['of a client that goes with its answer', 'Connection: close\r\n'],
    ['beside an upgrade to an unknown protocol', 'Upgrade: foo\r\nConnection: Upgrade\r\n'],
  ])('FR-28 an expectation %s does not keep its connection open', async (_what, header) => {
    const client = await fixture.connect();
    await client.write(await attack.request(`${header}Expect: 100-continue\r\nContent-Length: 2\r\n`));
    await client.sees('HTTP/1.1 100 Continue\r\n\r\n');
    await client.write('{}');
    const response = await client.response();
    expect([response.status, response.header('connection')]).toEqual([200, 'close']);
    expect(await client.closed()).toBe('fin');
    client.destroy();
  });

  it('FR-29 an upgrade to an unknown protocol is ignored; the bytes behind it in its packet are dropped with the connection', async () => {
    const client = await fixture.connect();
    await client.write(
      (await attack.request('Upgrade: foo\r\nConnection: Upgrade\r\n', '', 'GET /v1/models HTTP/1.1')) + SMUGGLED,
    );
    const response = await client.response();
    expect([response.status, response.header('connection')]).toEqual([200, 'close']);
    expect(await client.closed()).toBe('fin');
    expect(fixture.upstream.requests.map(({ target }) => target)).toEqual(['/v1/models']);
    expect((await fixture.upstream.nextRequest()).header('upgrade')).toBeUndefined();
    client.destroy();
  });

  it.each([
    ['400', 'GET /v1/a%2fb HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['400', 'POST /v1/files HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['400', 'POST /v1/files HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['417', 'GET /v1/models HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n'],
    ['401', 'POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}'],
    ['200', 'GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['200', 'GET /live HTTP/1.0\r\n\r\n'],
  ])('admits nothing behind a %s that closes the connection: %j', async (status, closing) => {
    // A connection to the upstream is idle, so that an admitted request would be sent at once.
    expect((await fixture.call()).status).toBe(200);
    const taken = await attack.taken();
    fixture.upstream.requests.length = 0;
    const client = await fixture.connect();
    await client.write(closing + (await attack.request('', '', 'GET /v1/models HTTP/1.1')).repeat(2));
    const response = await client.response();
    expect([response.status, response.header('connection')]).toEqual([Number(status), 'close']);
    await client.closed();
    expect(client.received.toString().match(/^HTTP/gm)).toHaveLength(1);
    expect([fixture.upstream.requests, await attack.taken()]).toEqual([[], taken]);
    client.destroy();
  });

  it('FR-32 fifty requests in one write are answered in order, each under its own token', async () => {
    const { id } = await fixture.app.project();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, () => fixture.app.token({ project_id: id, max_requests: 2 })),
    );
    fixture.upstream.reply(async (exchange) => {
      await exchange.receiveAll();
      await exchange.answer({ body: exchange.request.target });
    });
    const client = await fixture.connect();
    await client.write(
      tokens
        .map(({ token }, n) => `GET /v1/n/${n} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
        .join(''),
    );
    for (const n of tokens.keys()) expect((await client.response()).text).toBe(`/v1/n/${n}`);
    client.destroy();
    for (const { id: token } of tokens) expect((await fixture.app.tokenById(token)).request_count).toBe(1);
  });

  it('FR-32 broken bytes behind a whole request take nothing from its response, and get none in its place', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
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

  it('FR-31 a response that closes during an upload arrives whole, and nothing behind the body is read as a request', async () => {
    const client = await fixture.connect();
    const size = 2_000_000;
    await client.write(`POST /v1/files HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
    void client.write(Buffer.alloc(size / 2));
    expect(await client.response()).toMatchObject({ status: 401, truncated: false });
    await client.write(Buffer.alloc(size / 2));
    await client.write(await attack.request('', '', 'GET /v1/models HTTP/1.1'));
    await client.closed();
    expect(fixture.upstream.requests).toEqual([]);
    client.destroy();
  });

  it('CL-07 bytes after the response are a request of their own, authenticated on its own', async () => {
    const client = await fixture.connect();
    await client.write(await attack.request('Content-Length: 2\r\n', '{}'));
    expect((await client.response()).status).toBe(200);
    await client.write('POST /v1/files HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
    expect((await client.response()).status).toBe(401);
    expect(fixture.upstream.requests).toHaveLength(1);
    client.destroy();
  });
});
