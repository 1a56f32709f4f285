import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { documented, DocumentedFront } from '../support/documented.front.js';
import { PacedStream } from '../support/paced.stream.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { echo } from '../support/websocket.upstream.js';

const FRONTS = [
  { name: 'nginx', heading: 'nginx', language: 'nginx' },
  { name: 'caddy', heading: 'Caddy', language: 'caddyfile' },
  { name: 'haproxy', heading: 'HAProxy', language: 'haproxy' },
  { name: 'caddy', heading: 'TLS on one machine', language: 'caddyfile' },
] as const;

describe.each(FRONTS)('the documented block for $heading', ({ name, heading, language }) => {
  const program = inject(name);
  const fixture = ProxyFixture.forTests({ TRUSTED_PROXIES: '127.0.0.1' });
  let front: DocumentedFront;
  if (program !== null) {
    beforeAll(async () => {
      front = await DocumentedFront.start(name, program, fixture.app.port, documented(heading, language));
    });
    afterAll(() => front?.end.stop());
  }

  const ask = (path: string, options: RequestOptions = {}) =>
    request(`${front.url}${path}`, {
      ...options,
      ca: readFileSync(front.authority),
      agent: false,
      headers: { authorization: `Bearer ${fixture.token.token}`, ...options.headers },
    });
  const response = async (asked: ReturnType<typeof ask>): Promise<IncomingMessage> =>
    ((await once(asked, 'response')) as [IncomingMessage])[0];

  it.skipIf(program === null)('carries the realtime client of openai over wss', async () => {
    fixture.upstream.once(echo([['Sec-WebSocket-Protocol', 'realtime']]));
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-realtime-'));
    writeFileSync(join(folder, 'realtime.mjs'), documented('TLS on one machine', 'js'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const env = {
      NODE_EXTRA_CA_CERTS: front.authority,
      OPENAI_BASE_URL: `${front.url}/v1`,
      OPENAI_API_KEY: fixture.token.token,
    };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['realtime.mjs'], { cwd: folder, env });
    rmSync(folder, { recursive: true });
    expect({ stdout, stderr }).toEqual({ stdout: 'session.update\n', stderr: '' });
  });

  it.skipIf(program === null)('passes each event of a stream on before the next', async () => {
    const stream = new PacedStream([['content-type', 'text/event-stream']]);
    fixture.upstream.once(stream.handler);
    const asked = ask('/v1/chat/completions', { method: 'POST' });
    asked.end('{"stream":true}');
    await stream.send('data: 1\n\n');
    const answer = await response(asked);
    expect(String((await once(answer, 'data'))[0])).toBe('data: 1\n\n');
    await stream.send('data: 2\n\n');
    expect(String((await once(answer, 'data'))[0])).toBe('data: 2\n\n');
    asked.destroy();
  });

  it.skipIf(program === null)('passes an upload on while it still arrives, as it is', async () => {
    const asked = ask('/v1/files', {
      method: 'POST',
      headers: { x_under_score: 'kept', 'accept-encoding': 'identity', 'transfer-encoding': 'chunked' },
    });
    asked.write('x'.repeat(100_000));
    const upload = await fixture.upstream.nextRequest();
    await upload.received(100_000);
    asked.end('y');
    const answer = await response(asked);
    expect([answer.statusCode, await text(answer)]).toEqual([200, '{"ok":true}']);
    expect(upload.text).toBe(`${'x'.repeat(100_000)}y`);
    expect([upload.header('x_under_score'), upload.header('accept-encoding')]).toEqual(['kept', 'identity']);
  });

  // On a developer's machine nothing else can reach the port, and the operator's own routes are wanted.
  it.skipIf(program === null || heading === 'TLS on one machine')('keeps all but /v1/ away from clients', async () => {
    for (const path of ['/manage/projects', '/docs', '/health', '/']) {
      const asked = ask(path);
      asked.end();
      const answer = await response(asked);
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
  });
});
