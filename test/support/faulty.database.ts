import type { Variables } from '../../src/config/values/variables.js';
import { TestApp } from './app.js';
import { MariadbServer } from './mariadb.server.js';
import { PostgresServer } from './postgres.server.js';
import { RawClient } from './raw.client.js';
import type { RawResponse } from './raw.response.js';
import { RecordingUpstream } from './recording.upstream.js';
import { freshMysql, freshPostgres } from './databases.js';
import { TcpProxy } from './tcp.proxy.js';
import { answer } from './upstream.scenarios.js';

export type ServerDriver = 'postgres' | 'mysql';

/** An application whose database server is its own, behind a connection that can be cut: for the failures of databases. */
export class FaultyStore {
  private readonly apps: TestApp[] = [];

  private constructor(
    readonly driver: ServerDriver,
    readonly server: PostgresServer | MariadbServer,
    readonly wire: TcpProxy,
    readonly upstream: RecordingUpstream,
    /** Of an application that reaches the database through the wire. */
    readonly variables: Variables,
  ) {}

  static async start(driver: ServerDriver): Promise<FaultyStore> {
    const isPostgres = driver === 'postgres';
    const server = await (isPostgres ? PostgresServer : MariadbServer).start({ durable: true });
    const { variables } = await (isPostgres ? freshPostgres : freshMysql)(server.url);
    const wire = await TcpProxy.start(Number(new URL(server.url).port));
    const upstream = await RecordingUpstream.start();
    upstream.reply(answer({ status: 200, headers: [['content-type', 'application/json']], body: '{"ok":true}' }));
    const through = {
      ...variables,
      DATABASE_DURABILITY: 'strict',
      DATABASE_URL: wire.through(variables['DATABASE_URL']!),
    };
    return new FaultyStore(driver, server, wire, upstream, { ...through, OPENAI_API_URL: upstream.baseUrl });
  }

  app(variables: Variables = {}): Promise<TestApp> {
    return this.kept(TestApp.start({ ...this.variables, ...variables }));
  }

  /** Does not wait for the database. */
  listening(): Promise<TestApp> {
    return this.kept(TestApp.listening(this.variables));
  }

  private async kept(starting: Promise<TestApp>): Promise<TestApp> {
    const app = await starting;
    this.apps.push(app);
    return app;
  }

  /** One proxied request; the status and our code, if it is a refusal of ours. */
  async call(app: TestApp, token: { token: string }, timeoutMs?: number): Promise<[number, string | undefined]> {
    const response = await this.exchange(app, token, timeoutMs);
    return [response.status, response.header('x-proxy-error')];
  }

  async exchange(app: TestApp, token: { token: string }, timeoutMs?: number): Promise<RawResponse> {
    const client = await RawClient.connect(app.port);
    try {
      const headers: [string, string][] = [['Authorization', `Bearer ${token.token}`]];
      await client.send({ method: 'POST', target: '/v1/chat/completions', headers, body: '{}' });
      return await client.response({ method: 'POST', timeoutMs });
    } finally {
      client.destroy();
    }
  }

  async ready(app: TestApp): Promise<number> {
    return (await fetch(`${app.url}/ready`)).status;
  }

  async stop(): Promise<void> {
    this.wire.release();
    for (const app of this.apps) await app.close();
    this.wire.close();
    await this.upstream.close();
    await this.server.stop();
  }
}
