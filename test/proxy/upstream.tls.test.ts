import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { selfSigned } from '../support/certificate.js';
import { pseudoRandomBytes } from '../support/openai.files.js';
import { RawClient } from '../support/raw.client.js';
import type { RawResponse } from '../support/raw.response.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { TlsFront } from '../support/tls.front.js';
import { answer } from '../support/upstream.scenarios.js';

let upstream: RecordingUpstream;
const trusted = getCACertificates('default');

beforeAll(async () => {
  upstream = await RecordingUpstream.start();
});
beforeEach(() => {
  upstream.clear();
  upstream.reply(answer({ body: 'ok' }));
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await upstream.close();
});

const reversed = (bytes: Buffer): Buffer => Buffer.from(bytes.toReversed());

/** Starts the application with an upstream that speaks TLS and has this host name. */
function behindTls(certificate: ReturnType<typeof selfSigned>, host: string) {
  const fixture = {} as { front: TlsFront; app: TestApp; token: string };
  beforeAll(async () => {
    fixture.front = await TlsFront.start(certificate, () => upstream.port);
    fixture.app = await TestApp.start({ OPENAI_API_URL: `https://${host}:${fixture.front.port}` });
    fixture.token = (await fixture.app.token()).token;
  });
  afterAll(async () => {
    await fixture.app.close();
    await fixture.front.close();
  });
  const call = async (body: string | Buffer = '{}'): Promise<RawResponse> => {
    const client = await RawClient.connect(fixture.app.port);
    try {
      await client.send({
        method: 'POST',
        target: '/v1/files',
        headers: { authorization: `Bearer ${fixture.token}` },
        body,
      });
      return await client.response();
    } finally {
      client.destroy();
    }
  };
  return { fixture, call };
}

describe('an upstream that speaks TLS', () => {
  const certificate = selfSigned('localhost');
  const { fixture, call } = behindTls(certificate, 'localhost');
  beforeAll(() => setDefaultCACertificates([...trusted, certificate.cert]));

  it('is reached over HTTP/1.1, by its name, on a reused connection', async () => {
    for (let i = 0; i < 3; i += 1) expect(await call()).toMatchObject({ status: 200, text: 'ok' });
    const [connection, ...others] = fixture.front.connections;
    expect(others).toEqual([]);
    expect([connection!.alpnProtocol, (connection as { servername?: string }).servername]).toEqual([
      'http/1.1',
      'localhost',
    ]);
    expect(upstream.requests[0]!.header('host')).toBe(`localhost:${fixture.front.port}`);
  });

  it('receives and sends large bodies unchanged, many at once', async () => {
    upstream.reply(async (exchange) => {
      if (await exchange.receiveAll()) await exchange.answer({ body: reversed(exchange.request.body) });
    });
    const bodies = Array.from({ length: 20 }, (_, at) => pseudoRandomBytes(50_000 * (at + 1), at));
    const responses = await Promise.all(bodies.map((body) => call(body)));
    for (const [at, body] of bodies.entries())
      expect([responses[at]!.truncated, responses[at]!.body.equals(reversed(body))]).toEqual([false, true]);
  });

  it('has its TLS sessions resumed', async () => {
    await call();
    for (const socket of fixture.front.connections) socket.destroy();
    const before = fixture.front.connections.length;
    await until('a successful call', async () => (await call()).status === 200);
    expect(fixture.front.connections.slice(before).map((socket) => socket.isSessionReused())).toContain(true);
  });
});

describe.each([
  ['with an untrusted certificate', selfSigned('localhost'), 'localhost', false],
  ['with a certificate for another name', selfSigned('other.example'), 'localhost', true],
  ['whose address is not in its certificate', selfSigned('localhost'), '127.0.0.1', true],
])('an upstream %s', (_what, certificate, host, isTrusted) => {
  const { call } = behindTls(certificate, host);
  beforeAll(() => setDefaultCACertificates(isTrusted ? [...trusted, certificate.cert] : trusted));

  it('receives no byte', async () => {
    const before = upstream.bytesReceived;
    const response = await call();
    expect([response.status, response.header('x-proxy-error')]).toEqual([502, 'upstream_unreachable']);
    expect(upstream.bytesReceived).toBe(before);
  });
});
