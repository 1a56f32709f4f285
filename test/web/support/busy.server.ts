import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient } from '../../support/raw.client.js';
import { RecordingUpstream } from '../../support/recording.upstream.js';
import { writeHistory } from './busy.history.js';
import { WebServer } from './web.server.js';

const PROJECTS = ['Support assistant', 'Search ranking', 'Marketing drafts', 'Internal tools'] as const;
const DAY = 24 * 60;
/** Name, project, requests an hour, model, and what it is narrowed to. */
const TOKENS: readonly [string, number, number, number, object][] = [
  ['chat-production', 0, 42, 0, { duration_minutes: 90 * DAY }],
  ['chat-staging', 0, 6, 1, { duration_minutes: 30 * DAY, max_requests: 5000 }],
  ['nightly-summaries', 0, 9, 1, { duration_minutes: 7 * DAY, max_requests: 400, allowed_models: ['gpt-5.6-*'] }],
  ['reranker', 1, 30, 1, { duration_minutes: 365 * DAY }],
  ['embedding-backfill', 1, 8, 2, { duration_minutes: DAY, max_requests: 12 }],
  ['newsletter', 2, 11, 0, { duration_minutes: 30 * DAY, max_requests: 2000 }],
  ['landing-pages', 2, 5, 2, { duration_minutes: 15 }],
  ['code-review-bot', 3, 14, 2, { duration_minutes: 90 * DAY, rate_limit_per_minute: 60 }],
  ['laptop of Ada', 3, 2, 1, { duration_minutes: 7 * DAY }],
];

/** A server as one finds it after two months of work: its projects, tokens, requests, and some that run. */
export class BusyServer {
  readonly tokens = new Map<string, { id: string; token: string; project: string }>();
  readonly projects: string[] = [];
  private readonly clients: RawClient[] = [];

  private constructor(
    readonly web: WebServer,
    readonly upstream: RecordingUpstream,
    private readonly folder: string,
  ) {}

  static async start(): Promise<BusyServer> {
    const upstream = await RecordingUpstream.start();
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-busy-'));
    const variables = { OPENAI_API_URL: upstream.baseUrl, DATABASE_PATH: join(folder, 'proxy.db') };
    const first = new BusyServer(await WebServer.start(variables), upstream, folder);
    const callers = await first.make();
    await first.web.close();
    writeHistory(variables.DATABASE_PATH, callers);
    const server = new BusyServer(await WebServer.start(variables), upstream, folder);
    server.projects.push(...first.projects);
    for (const [name, token] of first.tokens) server.tokens.set(name, token);
    return server;
  }

  /** Calls as an app does, and reads all of the response. */
  async call(name: string, model: string, input = 'Hello'): Promise<void> {
    const { token } = this.tokens.get(name)!;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model, input });
    await (await fetch(`${this.web.origin}/v1/responses`, { method: 'POST', headers, body })).arrayBuffer();
  }

  /** A stream that runs until the end. */
  async stream(name: string, model: string): Promise<void> {
    const paced = this.upstream.sse();
    const client = await RawClient.connect(this.web.port);
    this.clients.push(client);
    const headers: [string, string][] = [
      ['Authorization', `Bearer ${this.tokens.get(name)!.token}`],
      ['Content-Type', 'application/json'],
    ];
    const body = JSON.stringify({ model, input: 'Hello', stream: true });
    await client.send({ method: 'POST', target: '/v1/responses', headers, body });
    await paced.opened();
    await paced.event({ type: 'response.output_text.delta', delta: 'x'.repeat(9000) });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await this.web.close();
    await this.upstream.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async make() {
    for (const name of PROJECTS) {
      const body = { name, api_key: `sk-${'a'.repeat(36)}${name.length}xyz` };
      this.projects.push((await this.web.manage<{ id: string }>('POST', '/manage/projects', body)).id);
    }
    const callers = [];
    for (const [name, at, pace, model, more] of TOKENS) {
      const project = this.projects[at]!;
      const body = { project_id: project, name, ...more };
      const made = await this.web.manage<{ id: string; token: string }>('POST', '/manage/tokens', body);
      this.tokens.set(name, { ...made, project });
      callers.push({ id: made.id, project, pace, model });
    }
    return callers;
  }
}
