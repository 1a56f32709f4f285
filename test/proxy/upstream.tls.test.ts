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

/** The application in front of an upstream that speaks TLS, by this name. */
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

  it('is spoken to in HTTP/1.1, by its name, on a connection that is used again', async () => {
    for (let i = 0; i < 3; i += 1) expect(await call()).toMatchObject({ status: 200, text: 'ok' });
    const [connection, ...others] = fixture.front.connections;
    expect(others).toEqual([]);
    expect([connection!.alpnProtocol, (connection as { servername?: string }).servername]).toEqual([
      'http/1.1',
      'localhost',
    ]);
    expect(upstream.requests[0]!.header('host')).toBe(`localhost:${fixture.front.port}`);
  });

  it('gets and gives large bodies as they are, many at once', async () => {
    upstream.reply(async (exchange) => {
      if (await exchange.receiveAll()) await exchange.answer({ body: reversed(exchange.request.body) });
    });
    const bodies = Array.from({ length: 20 }, (_, at) => pseudoRandomBytes(50_000 * (at + 1), at));
    const answers = await Promise.all(bodies.map((body) => call(body)));
    for (const [at, body] of bodies.entries())
      expect([answers[at]!.truncated, answers[at]!.body.equals(reversed(body))]).toEqual([false, true]);
  });

  it('has its sessions resumed', async () => {
    await call();
    for (const socket of fixture.front.connections) socket.destroy();
    const before = fixture.front.connections.length;
    await until('a connection that is found closed', async () => (await call()).status === 200);
    expect(fixture.front.connections.slice(before).map((socket) => socket.isSessionReused())).toContain(true);
  });
});

describe.each([
  ['whom nobody vouches for', selfSigned('localhost'), 'localhost', false],
  ['with the certificate of another', selfSigned('other.example'), 'localhost', true],
  ['that is named by an address its certificate does not have', selfSigned('localhost'), '127.0.0.1', true],
])('an upstream %s', (_what, certificate, host, isTrusted) => {
  const { call } = behindTls(certificate, host);
  beforeAll(() => setDefaultCACertificates(isTrusted ? [...trusted, certificate.cert] : trusted));

  it('is not told a byte', async () => {
    const before = upstream.bytesReceived;
    const response = await call();
    expect([response.status, response.header('x-proxy-error')]).toEqual([502, 'upstream_unreachable']);
    expect(upstream.bytesReceived).toBe(before);
  });
});
