import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { TestApp, type TokenAnswer } from './app.js';
import { RawClient } from './raw.client.js';
import type { RawResponse } from './raw.response.js';
import { RecordingUpstream } from './recording.upstream.js';
import type { FreshStore, Store } from './databases.js';
import { answer } from './upstream.scenarios.js';

export interface Call {
  method?: string;
  target?: string;
  headers?: readonly (readonly [string, string])[];
  body?: string | Buffer;
  timeoutMs?: number;
}

/** The application in front of a recording upstream, with one uncapped token, for the tests of one file. */
export class ProxyFixture {
  app!: TestApp;
  upstream!: RecordingUpstream;
  token!: TokenAnswer;
  private bytesBefore = 0;
  private database: FreshStore | undefined;

  /** Starts before the first test of the file and stops after the last. Every test begins with no recordings and a plain 200. */
  static forTests(variables: Variables = {}, store?: Store): ProxyFixture {
    const fixture = new ProxyFixture();
    beforeAll(async () => {
      fixture.upstream = await RecordingUpstream.start();
      fixture.database = await store?.fresh();
      const where = { OPENAI_API_URL: fixture.upstream.baseUrl, ...fixture.database?.variables };
      fixture.app = await TestApp.start({ ...where, ...variables });
      fixture.token = await fixture.app.token();
    });
    beforeEach(() => {
      fixture.upstream.clear();
      fixture.bytesBefore = fixture.upstream.bytesReceived;
      fixture.upstream.reply(
        answer({ status: 200, headers: [['content-type', 'application/json']], body: '{"ok":true}' }),
      );
    });
    afterAll(async () => {
      await fixture.app.close();
      await fixture.upstream.close();
      await fixture.database?.drop();
    });
    return fixture;
  }

  /** Bytes the upstream got since the test began, on all its connections. */
  get bytesUpstream(): number {
    return this.upstream.bytesReceived - this.bytesBefore;
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.app.port);
  }

  headers(token: { token: string } = this.token): [string, string][] {
    return [['Authorization', `Bearer ${token.token}`]];
  }

  /** One exchange on a connection of its own, with the fixture's token unless `headers` are given. */
  async call({
    method = 'POST',
    target = '/v1/chat/completions',
    headers = this.headers(),
    body = '',
    timeoutMs,
  }: Call = {}): Promise<RawResponse> {
    const client = await this.connect();
    try {
      await client.send({ method, target, headers, body });
      return await client.response({ method, timeoutMs });
    } finally {
      client.destroy();
    }
  }
}

/** The code in an error body of OpenAI's shape. */
export const codeOf = (response: RawResponse): unknown =>
  (response.json() as { error?: { code?: unknown } }).error?.code;
