import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('a response that waits behind another on its connection', () => {
  const fixture = ProxyFixture.forTests();

  const ask = (target: string, { token } = fixture.token): string =>
    `GET ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`;

  it('ends with it when the client leaves: upstream, in the log, and for a server that stops', async () => {
    const first = fixture.upstream.sse();
    const second = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.write(ask('/v1/one') + ask('/v1/two'));
    const requests = [await first.opened(), await second.opened()];
    client.destroy();
    for (const request of requests) expect((await request.closed()).by).toBe('peer');
    await until('both to be over', () => fixture.app.running.lifecycle.running === 0);
    for (const path of ['/v1/one', '/v1/two'])
      expect(fixture.app.accessLines.filter((line) => line['path'] === path)).toMatchObject([{ end: 'client' }]);
  });

  it('is broken off in its turn when its upstream breaks off; the one before it is whole', async () => {
    const first = fixture.upstream.sse();
    const second = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.write(ask('/v1/three') + ask('/v1/four'));
    await first.opened();
    await second.opened();
    await second.event({ n: 2 });
    await second.cut();
    await until('it to be over', () => fixture.app.running.lifecycle.running === 1);
    await first.event({ n: 1 });
    await first.end();
    const answers = [await client.response(), await client.response()];
    expect(answers.map(({ truncated }) => truncated)).toEqual([false, true]);
    await until('both to be over', () => fixture.app.running.lifecycle.running === 0);
  });

  it('is broken off in its turn when its token is revoked, after an error event', async () => {
    const first = fixture.upstream.sse();
    const second = fixture.upstream.sse();
    const token = await fixture.app.token();
    const client = await fixture.connect();
    await client.write(ask('/v1/five') + ask('/v1/six', token));
    await first.opened();
    const revoked = await second.opened();
    await second.event({ n: 2 });
    expect((await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`)).status).toBeLessThan(300);
    expect((await revoked.closed()).by).toBe('peer');
    await until('it to be over', () => fixture.app.running.lifecycle.running === 1);
    await first.end();
    const [whole, broken] = [await client.response(), await client.response()];
    expect([whole.truncated, broken.truncated]).toEqual([false, true]);
    expect(broken.text).toContain('token_inactive');
  });
});
