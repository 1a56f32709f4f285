import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { DataSource } from 'typeorm';
import type { Variables } from '../../src/config/values/variables.js';
import type { Notice } from '../../src/events/event/proxy.event.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { CapWatch } from '../../src/token/warnings/cap.watch.js';
import { WarningSweep } from '../../src/token/warnings/warning.sweep.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { type FreshStore, type Store } from '../support/databases.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { outcomeOf } from '../support/replicas.js';
import { until } from '../support/until.js';
import { answer } from '../support/upstream.scenarios.js';

/** Replicas over one database, with one file that all notices are delivered to. */
export class WarnedReplicas {
  apps: TestApp[] = [];
  upstream!: RecordingUpstream;
  /** Of replicas that a test has stopped. */
  private earlierLogs: string[] = [];
  private database!: FreshStore;
  private folder!: string;

  static forTests(store: Store, count: number, variables: Variables = {}): WarnedReplicas {
    const replicas = new WarnedReplicas();
    beforeAll(async () => {
      replicas.upstream = await RecordingUpstream.start();
      replicas.database = await store.fresh();
      replicas.folder = mkdtempSync(join(tmpdir(), 'warnings-'));
      for (let n = 0; n < count; n += 1) await replicas.start(variables);
    });
    beforeEach(() => replicas.upstream.reply(answer({ status: 200, body: '{}' })));
    afterEach(() => void vi.restoreAllMocks());
    afterAll(async () => {
      for (const app of replicas.apps) await app.close();
      await replicas.upstream.close();
      await replicas.database.drop();
      rmSync(replicas.folder, { recursive: true, force: true });
    });
    return replicas;
  }

  async start(variables: Variables = {}): Promise<TestApp> {
    const app = await TestApp.start({
      OPENAI_API_URL: this.upstream.baseUrl,
      DISPATCHER_SERVICES: 'file',
      SINK_FILE_PATH: this.file,
      ...this.database.variables,
      ...variables,
    });
    this.apps.push(app);
    return app;
  }

  async restart(): Promise<void> {
    const old = this.apps.shift()!;
    await old.close(true);
    this.earlierLogs.push(old.log);
    await this.start();
  }

  /** A replica that has restarted would repeat the names of its projects. */
  async token(fields: Record<string, unknown> = {}): Promise<TokenAnswer> {
    const project = fields['project_id'] ?? (await this.first.project({ name: randomUUID() })).id;
    return this.first.token({ project_id: project, ...fields });
  }

  get first(): TestApp {
    return this.apps[0]!;
  }

  get file(): string {
    return join(this.folder, 'events.jsonl');
  }

  /** The warnings in the logs of all replicas. */
  lines(about?: string): Record<string, unknown>[] {
    return [...this.earlierLogs, ...this.apps.map(({ log }) => log)]
      .flatMap((log) => log.split('\n'))
      .filter((line) => line.includes('"warning":"') && line.includes(about ?? ''))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  notices(about = ''): Notice[] {
    if (!existsSync(this.file)) return [];
    return readFileSync(this.file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"kind":"notice"') && line.includes(about))
      .map((line) => JSON.parse(line) as Notice);
  }

  /** Every replica looks at the same time, as often as they do in a day. */
  async look(): Promise<void> {
    await Promise.all(
      this.apps.map(async ({ running: { app } }) => {
        await app.get(WarningSweep, { strict: false }).lookAtCounts();
        await app.get(CapWatch, { strict: false }).look();
        await app.get(WarningSweep, { strict: false }).sweep();
      }),
    );
  }

  /** The ids of the notices once there are so many, and the types of the lines. */
  async told(about: string, count: number): Promise<{ notices: string[]; lines: unknown[] }> {
    await until(`${count} notices`, () => this.notices(about).length >= count, 20_000);
    return {
      notices: this.notices(about).map(({ id }) => id),
      lines: this.lines(about).map(({ warning }) => warning),
    };
  }

  async set(id: string, columns: Partial<TokenEntity>): Promise<void> {
    await this.first.running.app.get(DataSource, { strict: false }).getRepository(TokenEntity).update({ id }, columns);
  }

  async row(id: string): Promise<TokenEntity> {
    return this.first.running.app.get(DataSource, { strict: false }).getRepository(TokenEntity).findOneByOrFail({ id });
  }

  /** Makes the token as old as it is when so much of its lifetime is left. */
  async age(id: string, percentLeft: number): Promise<void> {
    const { expiresAt } = await this.row(id);
    const left = expiresAt - Date.now();
    await this.set(id, { createdAt: expiresAt - Math.round((left * 100) / percentLeft) });
  }

  /** So many requests, on each replica in turn. */
  async use(token: TokenAnswer, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) await outcomeOf(this.apps[n % this.apps.length]!, token);
  }
}

/** One notice and one line of each. */
export const once = (...ids: string[]) => ({ notices: ids, lines: ids.map((id) => id.slice(0, id.indexOf(':'))) });

export const expiryOf = ({ expires_at: at }: TokenAnswer): number => Date.parse(at as string);
