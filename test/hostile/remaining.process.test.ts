import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newSecret } from '../../src/token/token.secret.js';
import type { Variables } from '../../src/config/config.loader.js';
import { until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { RawClient, request } from '../support/raw.client.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const IDLE = 3000;
const WAVES = 20;
const WAVE = 200;
const WARM_UP = 5;
/** Left to itself V8 lets its heap grow for the first 50 waves, then no more; in a small one a leak shows at once, and garbage does not. */
const SMALL_HEAP = '--max-semi-space-size=1 --max-old-space-size=96';
const REJECTED = 2000;
/** USER_HZ, which Linux has fixed at 100 (proc_pid_stat(5)). */
const TICK_MS = 10;

/** Answers at once, after reading the body; `/v1/responses` in pieces, so that there is something to abort. */
async function origin(): Promise<Server> {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/v1/responses') stream(response);
    else incoming.once('end', () => response.end('{"ok":true}'));
    incoming.resume();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let left = 5;
  const timer = setInterval(() => {
    left -= 1;
    response.write(`data: ${'a'.repeat(500)}\n\n`);
    if (left === 0) response.end('data: [DONE]\n\n');
    if (left === 0) clearInterval(timer);
  }, 5);
  response.once('close', () => clearInterval(timer));
}

describe.skipIf(process.platform !== 'linux')('a whole process', () => {
  let upstream: Server;
  let server: BuiltServer;
  let token: string;

  beforeAll(async () => {
    upstream = await origin();
  });
  // Whatever came of the test: a server left behind would hold up the run.
  afterEach(() => server.stop('SIGKILL'));
  afterAll(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  const start = async (variables: Variables = {}): Promise<void> => {
    server = await BuiltServer.start({
      OPENAI_API_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      UPSTREAM_BREAKER_FAILURES: '0',
      ...variables,
    });
    token = await server.token();
  };
  const bearer = (secret = token) => ({ Authorization: `Bearer ${secret}` });
  const descriptors = (): number => readdirSync(`/proc/${server.process.pid}/fd`).length;
  const live = async (client: RawClient): Promise<string | undefined> => {
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    return (await client.response()).header('keep-alive');
  };

  it(`RX-04 ${IDLE} idle connections cost at most 20 KiB each, and nobody else waits for them`, async () => {
    await start({ NODE_OPTIONS: SMALL_HEAP });
    const open = async (count: number): Promise<RawClient[]> => {
      const clients: RawClient[] = [];
      for (let i = 0; i < count; i += 100) {
        const some = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(server.port)));
        // The issue wants connections kept for longer than the 75 s of the row: at least 95 s, since clients' pools keep theirs for 90.
        for (const kept of await Promise.all(some.map(live)))
          expect(Number(/timeout=(\d+)/.exec(kept ?? '')?.[1])).toBeGreaterThanOrEqual(95);
        clients.push(...some);
      }
      return clients;
    };
    for (const client of await open(500)) client.destroy();
    await until('these to be gone', () => descriptors() < 100);
    const before = server.residentBytes();
    const clients = await open(IDLE);
    const each = (server.residentBytes() - before) / IDLE;
    process.stdout.write(`RX-04: ${(each / KIB).toFixed(1)} KiB for each of ${IDLE} idle connections\n`);
    expect(descriptors()).toBeGreaterThan(IDLE);
    const startedAt = performance.now();
    const response = await request(server.port, { target: '/v1/models', headers: bearer() });
    process.stdout.write(`RX-04: a call beside them took ${(performance.now() - startedAt).toFixed(1)} ms\n`);
    expect(response.status).toBe(200);
    expect(each).toBeLessThanOrEqual(20 * KIB);
    for (const client of clients) client.destroy();
    await until('all to be gone', () => descriptors() < 100);
  });

  it(`RX-07 ${WAVES} waves of ${WAVE} calls, a fifth of them aborted, leave neither memory nor sockets behind`, async () => {
    await start({ NODE_OPTIONS: SMALL_HEAP });
    const aborted = async (): Promise<void> => {
      const client = await RawClient.connect(server.port);
      await client.send({ method: 'POST', target: '/v1/responses', headers: bearer(), body: '{}' });
      await client.sees('data: ');
      client.reset();
    };
    const calls: (() => Promise<unknown>)[] = [
      () => request(server.port, { target: '/v1/models', headers: bearer() }),
      () => request(server.port, { method: 'POST', target: '/v1/files', headers: bearer(), body: 'a'.repeat(20_000) }),
      () => request(server.port, { method: 'POST', target: '/v1/responses', headers: bearer(), body: '{}' }),
      () => request(server.port, { target: '/v1/models', headers: bearer('x') }),
      aborted,
    ];
    const wave = () => Promise.all(Array.from({ length: WAVE }, (_, i) => calls[i % calls.length]!()));
    /** Descriptors once the upstream has closed the connections that are only kept for later, and nothing more goes. */
    const settled = async (): Promise<number> => {
      for (let last = -1; last !== descriptors(); await new Promise((resolve) => setTimeout(resolve, 300))) {
        upstream.closeIdleConnections();
        last = descriptors();
      }
      return descriptors();
    };
    for (let i = 0; i < WARM_UP; i += 1) await wave();
    const baseline = await settled();
    const resident: number[] = [];
    for (let i = 0; i < WAVES; i += 1) {
      await wave();
      resident.push(server.residentBytes());
    }
    const [warm, last] = [median(resident.slice(5, 10)), median(resident.slice(-5))];
    const shown = resident.map((bytes) => Math.round(bytes / MIB)).join(' ');
    process.stdout.write(`RX-07: ${shown} MiB; ${((last / warm - 1) * 100).toFixed(1)} % more in the end\n`);
    const after = await settled();
    process.stdout.write(`RX-07: ${baseline} descriptors at first, ${after} in the end\n`);
    expect(last).toBeLessThanOrEqual(warm * 1.1);
    expect(Math.abs(after - baseline)).toBeLessThanOrEqual(5);
  });

  it(`RX-13 ${REJECTED} rejected requests cost less than 1 ms of processor each`, async () => {
    await start();
    const rejected = async (client: RawClient, target: string, secret: string): Promise<number> => {
      await client.send({ target, headers: bearer(secret) });
      return (await client.response()).status;
    };
    /** `count` calls over twenty connections at once. */
    const flood = async (
      count: number,
      each: (client: RawClient) => Promise<unknown>,
      keeps: boolean,
    ): Promise<number> => {
      const before = cpuMs(server);
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          let client = await RawClient.connect(server.port);
          for (let i = 0; i < count / 20; i += 1) {
            await each(client);
            if (keeps) continue;
            client.destroy();
            client = await RawClient.connect(server.port);
          }
          client.destroy();
        }),
      );
      return cpuMs(server) - before;
    };
    const kinds: [string, boolean, (client: RawClient) => Promise<unknown>][] = [
      ['unknown token', true, async (client) => expect(await rejected(client, '/v1/models', newSecret())).toBe(401)],
      ['malformed token', true, async (client) => expect(await rejected(client, '/v1/models', 'sk-wt-no')).toBe(401)],
      ['bad target', false, async (client) => expect(await rejected(client, '/v1/%2e%2e/a', token)).toBe(400)],
    ];
    let total = 0;
    const share = Math.ceil(REJECTED / kinds.length / 20) * 20;
    for (const [what, keeps, each] of kinds) {
      await flood(400, each, keeps);
      const ms = await flood(share, each, keeps);
      process.stdout.write(`RX-13: ${what}: ${Math.round((ms / share) * 1000)} µs of processor each\n`);
      total += ms;
    }
    expect(total / (share * kinds.length)).toBeLessThan(1);
  });
});

/** Processor time of the process so far; what stands behind its name, which may hold spaces (proc_pid_stat(5)). */
function cpuMs({ process: { pid } }: BuiltServer): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
