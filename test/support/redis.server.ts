import { createClient } from 'redis';
import { OwnServer, type ServerCommand, type ServerOptions } from './own.server.js';
import { findProgram } from './programs.js';

/** Redis. Without `durable` it keeps nothing over a restart. */
export class RedisServer extends OwnServer {
  private constructor(private readonly server: ServerOptions) {
    super('redis', 'SIGTERM');
  }

  static isInstalled(): boolean {
    return findProgram(['redis-server']) !== null;
  }

  static start(options: ServerOptions = {}): Promise<RedisServer> {
    return new RedisServer(options).launch();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Rejects when no server answers there. */
  static async ping(url: string): Promise<void> {
    const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: false } });
    // Without a listener the error that also rejects the call would end the process.
    client.on('error', () => undefined);
    await client.connect();
    await client.ping();
    client.destroy();
  }

  protected command(): ServerCommand {
    const { durable = false, args = [] } = this.server;
    const file = findProgram(['redis-server']);
    if (file === null) throw new Error('no redis-server here');
    const persistence = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    const address = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder];
    return { file, args: [...address, '--save', '', ...persistence, ...args] };
  }

  protected ping(): Promise<void> {
    return RedisServer.ping(this.url);
  }
}
