import { inject } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { MANAGEMENT_TOKEN, until, UPSTREAM_KEY } from './app.js';
import { BuiltServer } from './built.server.js';
import type { PacedStream } from './paced.stream.js';
import { RawClient } from './raw.client.js';
import { RecordingUpstream } from './recording.upstream.js';
import { type FreshStore, freshPostgres } from './databases.js';

/** A process has to start, on a machine that may be busy. */
const PATIENCE_MS = 30_000;

export interface Entry {
  msg: string;
  worker?: number;
  pid?: number;
  [field: string]: unknown;
}

export interface RunningStream {
  client: RawClient;
  paced: PacedStream;
}

/** The built program as several processes, on a PostgreSQL database of its own, in front of a recording upstream. */
export class Workers {
  private constructor(
    readonly server: BuiltServer,
    readonly upstream: RecordingUpstream,
    private readonly store: FreshStore,
    readonly variables: Variables,
  ) {}

  static async start(count: number, variables: Variables = {}, runner: readonly string[] = []): Promise<Workers> {
    const store = await freshPostgres(inject('postgres')!);
    const upstream = await RecordingUpstream.start();
    const all = { ...store.variables, OPENAI_API_URL: upstream.baseUrl, WORKERS: String(count), ...variables };
    return new Workers(await BuiltServer.start(all, runner), upstream, store, all);
  }

  get entries(): Entry[] {
    return this.server.lines.map((line) => JSON.parse(line) as Entry);
  }

  /** The process of each worker that ever listened. */
  get pids(): Map<number, number> {
    const listening = this.entries.filter(({ msg }) => msg === 'a worker listens');
    return new Map(listening.map(({ worker, pid }) => [worker!, pid!]));
  }

  async sees(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, condition, PATIENCE_MS);
  }

  async token(fields: Record<string, unknown> = {}): Promise<{ id: string; token: string }> {
    const project = await this.manage('projects', { name: `p${Math.random()}`, api_key: UPSTREAM_KEY });
    return this.manage('tokens', { project_id: project.id, ...fields });
  }

  /** One request on a connection of its own, which any worker may take. */
  async get(path: string, token?: string): Promise<Response> {
    const headers = { connection: 'close', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    return fetch(`http://127.0.0.1:${this.server.port}${path}`, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  /** Streams that have begun and go on until they are ended. */
  async streams(count: number, token: string): Promise<RunningStream[]> {
    const streams: RunningStream[] = [];
    for (let at = 0; at < count; at += 1) {
      const paced = this.upstream.sse();
      const client = await RawClient.connect(this.server.port);
      const headers = { Authorization: `Bearer ${token}` };
      await client.send({ method: 'POST', target: '/v1/responses', headers, body: '{}' });
      await paced.opened(PATIENCE_MS);
      await paced.send('data: 1\n\n');
      streams.push({ client, paced });
    }
    return streams;
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.upstream.close();
    await this.store.drop();
  }

  private async manage(path: string, body: object): Promise<{ id: string; token: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.server.port}/manage/${path}`, {
      method: 'POST',
      // A connection that is kept would bind later requests to one worker.
      headers: { connection: 'close', authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    return (await answer.json()) as { id: string; token: string };
  }
}

/** Ends the streams in order; whether each arrived whole. */
export async function finish(streams: readonly RunningStream[]): Promise<boolean[]> {
  return Promise.all(
    streams.map(async ({ client, paced }) => {
      await paced.end();
      const { truncated, text } = await client.response({ timeoutMs: PATIENCE_MS });
      return !truncated && text === 'data: 1\n\n';
    }),
  );
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
