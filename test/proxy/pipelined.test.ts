import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import type { PacedStream } from '../support/paced.stream.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';

describe('requests behind another on their connection', () => {
  const fixture = ProxyFixture.forTests();

  const ask = (target: string, { token } = fixture.token): string =>
    `GET ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const linesOf = (path: string) => fixture.app.accessLines.filter((line) => line['path'] === path);
  const over = () => until('both to be over', () => fixture.app.running.lifecycle.running === 0);

  /** Two requests in one packet; the first one runs. */
  async function two(targets: [string, string], tokens = [fixture.token, fixture.token]) {
    const first = fixture.upstream.sse();
    const second = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.write(ask(targets[0], tokens[0]) + ask(targets[1], tokens[1]));
    await first.opened();
    await until('the second to wait', () => fixture.app.running.lifecycle.running === 2);
    return { client, first, second };
  }

  const finish = async (stream: PacedStream): Promise<void> => {
    await stream.event({ n: 1 });
    await stream.end();
  };

  it('run one after another', async () => {
    let running = 0;
    let most = 0;
    fixture.upstream.reply(async (exchange) => {
      most = Math.max(most, (running += 1));
      await exchange.receiveAll();
      running -= 1;
      await exchange.answer({ body: exchange.request.target });
    });
    const client = await fixture.connect();
    const targets = Array.from({ length: 400 }, (_, n) => `/v1/n/${n}`);
    await client.write(targets.map((target) => ask(target)).join(''));
    for (const target of targets) expect((await client.response()).text).toBe(target);
    expect(most).toBe(1);
    client.destroy();
    await over();
  });

  it('end with it when the client leaves, and were never sent', async () => {
    const { client, first } = await two(['/v1/one', '/v1/two']);
    client.destroy();
    expect((await (await first.opened()).closed()).by).toBe('peer');
    await over();
    expect(linesOf('/v1/one')).toMatchObject([{ end: 'client' }]);
    expect(linesOf('/v1/two')).toMatchObject([{ end: 'client' }]);
    expect(fixture.upstream.requests.map(({ target }) => target)).toEqual(['/v1/one']);
  });

  it('are served when their turn comes, and broken off when their upstream breaks off', async () => {
    const { client, first, second } = await two(['/v1/three', '/v1/four']);
    await finish(first);
    await second.opened();
    await second.event({ n: 2 });
    await second.cut();
    const answers = [await client.response(), await client.response()];
    expect(answers.map(({ truncated }) => truncated)).toEqual([false, true]);
    await over();
  });

  it('are refused in their turn when their token was revoked meanwhile', async () => {
    const token = await fixture.app.token();
    const { client, first } = await two(['/v1/five', '/v1/six'], [fixture.token, token]);
    expect((await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`)).status).toBeLessThan(300);
    await finish(first);
    const [whole, refused] = [await client.response(), await client.response()];
    expect([whole.truncated, refused.status, refused.header('x-proxy-error')]).toEqual([false, 401, 'token_inactive']);
    client.destroy();
  });

  it('may need the slot that the one before them frees', async () => {
    const token = await fixture.app.token({ max_concurrent: 1 });
    fixture.upstream.reply(answer({ body: 'ok' }));
    const client = await fixture.connect();
    await client.write(ask('/v1/a', token).repeat(20));
    for (let n = 0; n < 20; n += 1) expect((await client.response()).status).toBe(200);
    client.destroy();
  });

  it('wait unread when they are many, and all are served', async () => {
    fixture.upstream.reply(answer({ body: 'ok' }));
    const client = await fixture.connect();
    const body = 'b'.repeat(1000);
    const post = `POST /v1/p HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nContent-Length: 1000\r\n\r\n${body}`;
    void client.write(post.repeat(1500));
    for (let n = 0; n < 1500; n += 1) expect((await client.response()).status).toBe(200);
    expect(fixture.upstream.requests.every((request) => request.method === 'POST')).toBe(true);
    client.destroy();
  });
});
