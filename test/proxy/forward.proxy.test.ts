import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { TestApp, until } from '../support/app.js';
import { selfSigned } from '../support/certificate.js';
import { ConnectProxy } from '../support/connect.proxy.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { TlsFront } from '../support/tls.front.js';
import { answer } from '../support/upstream.scenarios.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { OPCODE } from '../support/websocket.frames.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

const trusted = selfSigned('api.test', 'proxy.test', '127.0.0.1');
const foreign = selfSigned('api.test');
const CREDENTIALS = Buffer.from('user:pass word').toString('base64');

describe('a forward proxy', () => {
  const authorities = getCACertificates('default');
  let upstream: RecordingUpstream;
  let front: TlsFront;
  let untrusted: TlsFront;
  let proxy: ConnectProxy;
  let secureProxy: ConnectProxy;
  /** Where tunnels lead. */
  let port: number;
  let app: TestApp;
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-providers-'));

  beforeAll(async () => {
    setDefaultCACertificates([...authorities, trusted.cert]);
    upstream = await RecordingUpstream.start();
    front = await TlsFront.start(trusted, () => upstream.port);
    untrusted = await TlsFront.start(foreign, () => upstream.port);
  });
  beforeEach(async () => {
    port = front.port;
    proxy = await ConnectProxy.start(() => port);
    secureProxy = await ConnectProxy.start(() => port, trusted);
    upstream.clear();
    upstream.reply(answer({ body: 'ok' }));
  });
  afterEach(async () => {
    await app.close();
    await proxy.close();
    await secureProxy.close();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await front.close();
    await untrusted.close();
    await upstream.close();
    setDefaultCACertificates(authorities);
  });

  const start = async (variables: Variables): Promise<void> => {
    app = await TestApp.start({ OPENAI_API_URL: 'https://api.test', ...variables });
  };
  async function call(): Promise<{ status: number; text: string; code: string | null }> {
    const { token } = await app.token();
    const response = await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, text: await response.text(), code: response.headers.get('x-proxy-error') };
  }

  it('opens a tunnel to the name of the upstream, with credentials, and TLS is with the upstream', async () => {
    await start({ UPSTREAM_PROXY: `http://user:pass%20word@127.0.0.1:${proxy.port}` });
    expect(await call()).toMatchObject({ status: 200, text: 'ok' });
    expect(proxy.requests).toEqual([
      `CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\nProxy-Authorization: Basic ${CREDENTIALS}\r\n\r\n`,
    ]);
    expect(upstream.requests.at(-1)!.rawHead.toString().toLowerCase()).not.toContain('proxy-authorization');
    expect(await call()).toMatchObject({ status: 200 });
    expect(proxy.requests).toHaveLength(1);
    expect(app.log).not.toContain('pass');
  });

  it('is followed from HTTPS_PROXY, and may speak TLS itself', async () => {
    await start({ UPSTREAM_PROXY: 'env', HTTPS_PROXY: `https://127.0.0.1:${secureProxy.port}` });
    expect(await call()).toMatchObject({ status: 200, text: 'ok' });
    expect(secureProxy.requests).toEqual(['CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n\r\n']);
  });

  it('tunnels to an upstream without TLS too', async () => {
    port = upstream.port;
    await start({ OPENAI_API_URL: 'http://api.test', UPSTREAM_PROXY: `127.0.0.1:${proxy.port}` });
    expect(await call()).toMatchObject({ status: 200, text: 'ok' });
    expect(proxy.requests).toEqual(['CONNECT api.test:80 HTTP/1.1\r\nHost: api.test:80\r\n\r\n']);
  });

  it('is passed by for an upstream in NO_PROXY, and without UPSTREAM_PROXY', async () => {
    const OPENAI_API_URL = `http://127.0.0.1:${upstream.port}`;
    const HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
    await start({ OPENAI_API_URL, UPSTREAM_PROXY: 'env', HTTP_PROXY, NO_PROXY: '127.0.0.1' });
    expect(await call()).toMatchObject({ status: 200 });
    await app.close();
    await start({ OPENAI_API_URL, HTTP_PROXY });
    expect(await call()).toMatchObject({ status: 200 });
    expect(proxy.requests).toEqual([]);
  });

  it('is the one that the provider names', async () => {
    const path = join(folder, 'providers.yaml');
    writeFileSync(path, `apis: {openai: {base_url: https://api.test, proxy: 'http://127.0.0.1:${proxy.port}'}}`);
    await start({ API_CONFIG_PATH: path, OPENAI_API_URL: undefined, UPSTREAM_PROXY: 'http://127.0.0.1:1' });
    expect(await call()).toMatchObject({ status: 200 });
    expect(proxy.requests).toHaveLength(1);
  });

  it('cannot read what passes: a certificate that is not trusted is refused', async () => {
    port = untrusted.port;
    await start({ UPSTREAM_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(await call()).toMatchObject({ status: 502, code: 'upstream_unreachable' });
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'PROXY_STATUS_407'],
    ['HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', 'PROXY_STATUS_403'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'PROXY_PROTOCOL'],
    ['HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 'PROXY_PROTOCOL'],
    ['', 'PROXY_CLOSED'],
  ])('that responds %j is named as the cause, and nothing is sent', async (response, why) => {
    proxy.response = response;
    await start({ UPSTREAM_PROXY: `http://user:secret@127.0.0.1:${proxy.port}` });
    expect(await call()).toMatchObject({ status: 502, code: 'upstream_unreachable' });
    await until('the line', () => app.accessLines.some((line) => line['why'] !== undefined));
    expect(app.accessLines.find((line) => line['why'] !== undefined)).toMatchObject({ why, upstream: 'api.test:443' });
    expect([upstream.requests, app.log.includes('secret')]).toEqual([[], false]);
  });

  it('carries WebSockets', async () => {
    await start({ UPSTREAM_PROXY: `http://127.0.0.1:${proxy.port}` });
    const socket = new UpstreamSocket();
    upstream.once(socket.handler);
    const { token } = await app.token();
    const client = await WebSocketClient.ask(app.port, [...HANDSHAKE, ['authorization', `Bearer ${token}`]], {});
    expect((await client.answer()).status).toBe(101);
    await socket.opened();
    await client.send({ opcode: OPCODE.text, payload: 'hello' });
    expect((await socket.next())?.payload.toString()).toBe('hello');
    client.socket.destroy();
    expect(proxy.requests).toEqual(['CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n\r\n']);
  });
});
