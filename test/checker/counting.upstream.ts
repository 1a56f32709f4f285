import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** An upstream whose every response is 200, and which counts requests by their key. */
export class CountingUpstream {
  private readonly counts = new Map<string, number>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const key = request.headers.authorization ?? '';
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
      request.resume().once('end', () => response.setHeader('content-type', 'application/json').end('{"ok":true}'));
    });
  }

  static async start(): Promise<CountingUpstream> {
    const upstream = new CountingUpstream();
    await once(upstream.server.listen(0, '127.0.0.1'), 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  calls(apiKey: string): number {
    return this.counts.get(`Bearer ${apiKey}`) ?? 0;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
