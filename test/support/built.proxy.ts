import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { BuiltServer } from './built.server.js';

/** With the default heap V8 grows for the first 50 waves of calls. In a small heap a leak shows at once, and garbage does not. */
export const SMALL_HEAP = '--max-semi-space-size=1 --max-old-space-size=96';
/** USER_HZ, which Linux has fixed at 100 (proc_pid_stat(5)). */
const TICK_MS = 10;

/** The built program in front of an upstream, for what a test measures of a whole process. Linux only. */
export class BuiltProxy {
  upstream!: Server;
  server!: BuiltServer;
  private secret = '';

  static forTests(): BuiltProxy {
    const proxy = new BuiltProxy();
    beforeAll(async () => void (proxy.upstream = await origin()));
    // After a failure, too: a server that is left behind would keep the run from ending.
    afterEach(() => proxy.server.stop('SIGKILL'));
    afterAll(() => {
      proxy.upstream.closeAllConnections();
      proxy.upstream.close();
    });
    return proxy;
  }

  async start(variables: Variables = {}): Promise<void> {
    this.server = await BuiltServer.start({
      OPENAI_API_URL: `http://127.0.0.1:${(this.upstream.address() as AddressInfo).port}`,
      UPSTREAM_BREAKER_FAILURES: '0',
      ...variables,
    });
    this.secret = await this.server.token();
  }

  get port(): number {
    return this.server.port;
  }

  bearer(secret = this.secret): { Authorization: string } {
    return { Authorization: `Bearer ${secret}` };
  }

  /** Open file descriptors of the process. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.server.process.pid}/fd`).length;
  }

  /** Processor time of the process so far. Its name, in parentheses, may contain spaces (proc_pid_stat(5)). */
  get cpuMs(): number {
    const stat = readFileSync(`/proc/${this.server.process.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
}

/** Reads the body, then responds at once; `/v1/responses` in pieces, so that a test can abort it. */
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
  let remaining = 5;
  const timer = setInterval(() => {
    remaining -= 1;
    response.write(`data: ${'a'.repeat(500)}\n\n`);
    if (remaining === 0) response.end('data: [DONE]\n\n');
    if (remaining === 0) clearInterval(timer);
  }, 5);
  response.once('close', () => clearInterval(timer));
}
