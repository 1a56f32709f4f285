import { request } from 'undici';
import type { Variables } from '../../src/config/values/variables.js';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import type { MariadbServer } from '../support/mariadb.server.js';
import type { PostgresServer } from '../support/postgres.server.js';
import type { CountingUpstream } from './counting.upstream.js';

type Json = Record<string, unknown>;

/** Replicas of the built program over one database, each a process that may be killed. */
export class Cluster<Upstream extends { readonly url: string } = CountingUpstream> {
  /** `undefined` while one is dead. */
  private readonly replicas: (BuiltServer | undefined)[] = [];

  private constructor(
    private readonly variables: Variables,
    readonly upstream: Upstream,
    readonly database: PostgresServer | MariadbServer | undefined,
  ) {}

  /** All at once: the first makes the tables. */
  static async start<Upstream extends { readonly url: string }>(
    size: number,
    variables: Variables,
    upstream: Upstream,
    database?: PostgresServer | MariadbServer,
  ): Promise<Cluster<Upstream>> {
    const all = { LOG_LEVEL: 'error', UPSTREAM_BREAKER_FAILURES: '0', OPENAI_API_URL: upstream.url, ...variables };
    const cluster = new Cluster({ ...all, LOG_LEVEL: 'info' }, upstream, database);
    await Promise.all(Array.from({ length: size }, async (_, i) => cluster.startReplica(i)));
    await cluster.ready();
    return cluster;
  }

  get size(): number {
    return this.replicas.length;
  }

  /** The port of a replica, if it lives. */
  port(i: number): number | undefined {
    return this.replicas[i]?.port;
  }

  async startReplica(i: number): Promise<void> {
    this.replicas[i] = undefined;
    this.replicas[i] = await BuiltServer.start(this.variables);
  }

  /** kill -9. */
  async killReplica(i: number): Promise<void> {
    const replica = this.replicas[i];
    this.replicas[i] = undefined;
    await replica?.stop('SIGKILL');
  }

  /** Every replica is ready. */
  async ready(): Promise<void> {
    for (const replica of this.replicas)
      await until('a replica is ready', async () => {
        const answer = await fetch(`http://127.0.0.1:${replica!.port}/ready`);
        await answer.text();
        return answer.status === 200;
      });
  }

  async manage(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: Json, replica = 0): Promise<Json> {
    const answer = await request(`http://127.0.0.1:${this.port(replica)}${path}`, {
      method,
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  }

  /** A token in a project of its own, whose key counts its calls upstream. */
  async token(
    name: string,
    fields: Json = {},
  ): Promise<{ id: string; projectId: string; secret: string; apiKey: string }> {
    const apiKey = `sk-checker-${name}-${'x'.repeat(20)}`;
    const project = await this.manage('POST', '/manage/projects', { name, api_key: apiKey });
    const token = await this.manage('POST', '/manage/tokens', { project_id: project['id'], ...fields });
    return { id: String(token['id']), projectId: String(project['id']), secret: String(token['token']), apiKey };
  }

  /** SIGTERM: what is counted in memory is written. */
  async drain(): Promise<void> {
    await Promise.all(this.replicas.map(async (replica) => replica?.stop()));
    this.replicas.fill(undefined);
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map(async (_, i) => this.killReplica(i)));
  }
}
