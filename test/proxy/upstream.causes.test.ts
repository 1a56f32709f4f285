import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { selfSigned } from '../support/certificate.js';
import { freePort } from '../support/free.port.js';
import { TlsFront } from '../support/tls.front.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';

describe('an upstream that cannot be reached', () => {
  let app: TestApp;
  let untrusted: TlsFront;
  /** Responds to TLS with plain text. */
  let plain: Server;
  let closed: number;

  beforeAll(async () => {
    untrusted = await TlsFront.start(selfSigned('localhost'), () => closed);
    plain = createServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 400 no\r\n\r\n'));
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    closed = await freePort();
  });
  afterAll(async () => {
    await untrusted.close();
    plain.close();
  });
  afterEach(() => app.close());

  it.each([
    ['is closed', () => `http://127.0.0.1:${closed}`, 'ECONNREFUSED', 'the connection was refused'],
    ['has no address', () => 'http://nothing.invalid', /^(?:ENOTFOUND|EAI_AGAIN)$/, 'its name cannot be resolved'],
    [
      'has an untrusted certificate',
      () => `https://localhost:${untrusted.port}`,
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'its certificate is not trusted',
    ],
    [
      'does not speak TLS',
      () => `https://localhost:${(plain.address() as AddressInfo).port}`,
      /^(?:ERR_SSL_|EPROTO)/,
      'the TLS handshake failed',
    ],
  ])('because it %s is named in the log line, and in words in the response', async (_what, origin, why, reason) => {
    const { host } = new URL(origin());
    app = await TestApp.start({ OPENAI_API_URL: origin() });
    const { token } = await app.token();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${app.url}/v1/models`, { headers });
    expect([response.status, response.headers.get('x-proxy-error')]).toEqual([502, 'upstream_unreachable']);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toBe(`The upstream cannot be reached: ${reason}.`);

    const client = await WebSocketClient.ask(app.port, [...HANDSHAKE, ['authorization', `Bearer ${token}`]], {});
    expect((await client.answer()).status).toBe(502);
    const lines = (): Record<string, unknown>[] =>
      app.accessLines.filter((line) => line['code'] === 'upstream_unreachable');
    await until('both lines', () => lines().length === 2);
    for (const line of lines())
      expect(line).toMatchObject({
        why: expect.stringMatching(why),
        upstream: host.includes(':') ? host : `${host}:80`,
      });
    client.socket.destroy();
  });
});
