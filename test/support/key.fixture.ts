import { DataSource } from 'typeorm';
import { afterEach, beforeEach } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { ENCRYPTION_KEY, TestApp } from './app.js';
import type { CliResult } from './cli.run.js';
import { migrate } from './env.file.js';
import { RecordingUpstream } from './recording.upstream.js';
import type { FreshStore, Store } from './databases.js';

export const OLD_KEY = Buffer.from('the-key-before-this-one-01234567').toString('base64');
export const NEW_KEY = ENCRYPTION_KEY;

/** The keys of a server before, while and after its key is exchanged. */
export const KEYS = {
  none: { ENCRYPTION_KEY: undefined },
  old: { ENCRYPTION_KEY: OLD_KEY },
  both: { ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEY_PREVIOUS: OLD_KEY },
  fresh: { ENCRYPTION_KEY: NEW_KEY },
};

/** A database under changing keys, for the tests of one file: one server at a time, and the command line beside it. */
export class KeyFixture {
  upstream!: RecordingUpstream;
  private store!: FreshStore;
  private app: TestApp | undefined;

  static on(store: Store): KeyFixture {
    const fixture = new KeyFixture();
    beforeEach(async () => {
      fixture.upstream = await RecordingUpstream.start();
      fixture.store = await store.fresh();
    });
    afterEach(async () => {
      await fixture.stop();
      await fixture.store.drop();
      await fixture.upstream.close();
    });
    return fixture;
  }

  get variables(): Variables {
    return this.store.variables;
  }

  /** Stops the server that runs, and starts one with these keys. */
  async start(keys: Variables): Promise<TestApp> {
    await this.stop();
    this.app = await TestApp.start({ ...this.store.variables, OPENAI_API_URL: this.upstream.baseUrl, ...keys });
    return this.app;
  }

  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }

  migrate(argv: readonly string[], keys: Variables, input?: string): Promise<CliResult> {
    return migrate(argv, { ...this.store.variables, ...keys }, input);
  }

  /** Of every row, in the order of creation. */
  async stored(app: TestApp, table: string, column: string): Promise<string[]> {
    const rows = await app.running.app
      .get(DataSource)
      .query<Record<string, string>[]>(`SELECT ${column} FROM ${table} ORDER BY created_at, id`);
    return rows.map((row) => row[column]!);
  }

  /** Status, refusal and the key that went upstream. */
  async call(app: TestApp, secret: string): Promise<{ status: number; code: string | null; key: string | undefined }> {
    this.upstream.clear();
    const answer = await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
    const key = this.upstream.requests.at(-1)?.header('authorization')?.replace('Bearer ', '');
    return { status: answer.status, code: answer.headers.get('x-proxy-error'), key };
  }
}
