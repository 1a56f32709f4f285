import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createApp, listen, type RunningApp } from '../../src/server/app.factory.js';
import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import { ReadyGate } from '../../src/database/pools/ready.gate.js';
import { AuditCoverage } from './audit.coverage.js';
import { until } from './until.js';

export { until };

export const MANAGEMENT_TOKEN = 'mgmt-canary-0123456789abcdefghijklmnop';
export const UPSTREAM_KEY = 'sk-proj-upstream-canary-ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const ENCRYPTION_KEY = Buffer.from('encryption-key-canary-0123456789').toString('base64');

export interface ProjectAnswer {
  id: string;
  name: string;
  api_key: string | null;
  is_active: boolean;
  [field: string]: unknown;
}

export interface TokenAnswer {
  id: string;
  token: string;
  project_id: string;
  is_active: boolean;
  request_count: number;
  max_requests: number | null;
  remaining_requests: number | null;
  [field: string]: unknown;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'llm-proxy-test-'));

/** The whole application on loopback, port 0, over a database of its own. */
export class TestApp {
  private names = 0;

  private constructor(
    readonly running: RunningApp,
    readonly port: number,
    readonly folder: string,
    readonly variables: Variables,
    private readonly logged: string[],
    readonly coverage: AuditCoverage,
  ) {}

  /**
   * Ready: a server itself listens after 1.5 s, while migrations may run on, and refuses until they are done. Rejects with
   * the refusal, however late it comes.
   */
  static async start(variables: Variables = {}, folder = newFolder()): Promise<TestApp> {
    const app = await TestApp.listening(variables, folder);
    const gate = app.running.app.get(ReadyGate);
    let refusal: unknown;
    void app.running.lifecycle.failed.then((error) => (refusal = error));
    try {
      await until('the database is open', () => {
        if (refusal !== undefined) throw refusal;
        return gate.isOpen;
      });
    } catch (error) {
      await app.close();
      throw error;
    }
    return app;
  }

  /** As soon as it listens, for a database that is away or not given free. */
  static async listening(variables: Variables = {}, folder = newFolder()): Promise<TestApp> {
    const logged: string[] = [];
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logged.push(chunk.toString());
        done();
      },
    });
    const all = {
      MANAGEMENT_TOKEN,
      // A test file with many failures would open the breaker; its own tests set a limit.
      UPSTREAM_BREAKER_FAILURES: '0',
      ENCRYPTION_KEY,
      LISTEN_ADDR: '127.0.0.1:0',
      // The shared servers of a run do not wait for the disk.
      DATABASE_DURABILITY: 'relaxed',
      DATABASE_PATH: join(folder, 'proxy.db'),
      LOG_LEVEL: 'info',
      ...variables,
    };
    const { config } = loadConfig(all);
    const running = await createApp(config, sink);
    const coverage = new AuditCoverage(running);
    return new TestApp(running, await listen(running, config), folder, all, logged, coverage);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything logged so far. */
  get log(): string {
    return this.logged.join('');
  }

  /** The access-log lines so far. */
  get accessLines(): Record<string, unknown>[] {
    return this.log
      .split('\n')
      .filter((line) => line.includes('"msg":"request"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** A management call; `body` as JSON. */
  async manage(
    method: string,
    path: string,
    body?: unknown,
    token: string | null = MANAGEMENT_TOKEN,
  ): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async project(fields: Record<string, unknown> = {}): Promise<ProjectAnswer> {
    this.names += 1;
    const answer = await this.manage('POST', '/manage/projects', {
      name: `project ${this.names}`,
      api_key: UPSTREAM_KEY,
      ...fields,
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    return (await answer.json()) as ProjectAnswer;
  }

  /** A fresh token, of a fresh project unless one is named. */
  async token(fields: Record<string, unknown> = {}): Promise<TokenAnswer> {
    const project = fields['project_id'] ?? (await this.project()).id;
    const answer = await this.manage('POST', '/manage/tokens', { project_id: project, ...fields });
    if (answer.status !== 201) throw new Error(await answer.text());
    return (await answer.json()) as TokenAnswer;
  }

  async tokenById(id: string): Promise<TokenAnswer> {
    return (await (await this.manage('GET', `/manage/tokens/${id}`)).json()) as TokenAnswer;
  }

  /** Throws when a management call has not the row in the audit log that it has to have. */
  async close(keepFolder = false): Promise<void> {
    await this.coverage.compareRows();
    await this.running.app.close();
    if (!keepFolder) rmSync(this.folder, { recursive: true, force: true });
    this.coverage.judge();
  }

  /** Stops, and starts again over the same database. */
  async restart(variables: Variables = {}): Promise<TestApp> {
    await this.close(true);
    return TestApp.start({ ...this.variables, ...variables }, this.folder);
  }
}
