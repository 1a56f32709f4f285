import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { Invalidated } from '../../src/changes/invalidated.js';
import { ChangeFeed } from '../../src/changes/change.feed.js';
import { ChangePush } from '../../src/changes/change.push.js';
import { TestApp } from './app.js';
import { RawClient } from './raw.client.js';
import { RecordingUpstream } from './recording.upstream.js';
import type { FreshStore, Store } from './databases.js';
import { answer } from './upstream.scenarios.js';

/** Two replicas over one database, in front of one upstream, for the tests of one group. */
export class Replicas {
  upstream!: RecordingUpstream;
  /** Where operators make their changes. */
  a!: TestApp;
  /** Where they have to be in force. */
  b!: TestApp;
  private database!: FreshStore;

  static forTests(store: Store, variables: Variables = {}): Replicas {
    const replicas = new Replicas();
    beforeAll(async () => {
      replicas.upstream = await RecordingUpstream.start();
      replicas.database = await store.fresh();
      [replicas.a, replicas.b] = await Promise.all([replicas.start(variables), replicas.start(variables)]);
    });
    beforeEach(() => replicas.upstream.reply(answer({ status: 200, body: '{"ok":true}' })));
    afterAll(async () => {
      await Promise.all([replicas.a.close(), replicas.b.close()]);
      await replicas.upstream.close();
      await replicas.database.drop();
    });
    return replicas;
  }

  /** One replica more; the test that started it closes it. */
  start(variables: Variables = {}): Promise<TestApp> {
    return TestApp.start({ ...this.variables, ...variables });
  }

  /** What makes a server one of them. */
  get variables(): Variables {
    return { OPENAI_API_URL: this.upstream.baseUrl, ...this.database.variables };
  }

  get databaseUrl(): string {
    return this.database.variables['DATABASE_URL']!;
  }
}

/** The outcome of a request with this token: 'ok', or the code of the refusal. */
export async function outcomeOf({ port }: { port: number }, { token }: { token: string }): Promise<unknown> {
  const client = await RawClient.connect(port);
  try {
    await client.send({
      method: 'POST',
      target: '/v1/chat/completions',
      headers: [['Authorization', `Bearer ${token}`]],
      body: '{}',
    });
    const response = await client.response();
    return response.status === 200 ? 'ok' : (response.json() as { error: { code: unknown } }).error.code;
  } finally {
    client.destroy();
  }
}

/** From now on other replicas learn of changes here by their poll alone. */
export function silencePush(app: TestApp): void {
  const push = app.running.app.get(ChangePush);
  push.announceWithin = () => Promise.resolve();
  push.announce = () => undefined;
  push.nudge = () => undefined;
}

/** From now on this replica reads changes only when a push arrives. */
export function stopPolling(app: TestApp): void {
  clearInterval(app.running.app.get(ChangeFeed)['timer']);
}

/** Every change that this replica learns of from now on. */
export function heardBy(app: TestApp): Invalidated[] {
  const heard: Invalidated[] = [];
  app.running.app.get(EventEmitter2).on(Invalidated.topic, (changes: Invalidated) => heard.push(changes));
  return heard;
}
