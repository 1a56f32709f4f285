import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TokenAnswer, TestApp, until } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { type FreshStore, onServers } from '../support/databases.js';

onServers('limits without Redis', (store) => {
  let database: FreshStore;
  let upstream: RecordingUpstream;
  const apps: TestApp[] = [];

  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    database = await store.fresh();
    const variables = { OPENAI_API_URL: upstream.baseUrl, ...database.variables };
    apps.push(await TestApp.start(variables), await TestApp.start(variables));
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await upstream.close();
    await database.drop();
  });

  const replicas = async (app: TestApp): Promise<number> =>
    ((await (await app.manage('GET', '/health')).json()) as { replicas: unknown[] }).replicas.length;
  const passed = async (app: TestApp, { token }: TokenAnswer, times: number): Promise<number> => {
    let count = 0;
    for (let i = 0; i < times; i += 1) {
      const client = await RawClient.connect(app.port);
      await client.send({ method: 'GET', target: '/v1/models', headers: [['Authorization', `Bearer ${token}`]] });
      if ((await client.response()).status === 200) count += 1;
      client.destroy();
    }
    return count;
  };

  it('are shared by the replicas in equal parts, and one replica’s alone when it is the last', async () => {
    await until('they know of each other', async () => (await replicas(apps[0]!)) + (await replicas(apps[1]!)) === 4);
    const token = await apps[0]!.token({ rate_limit_per_minute: 6 });
    expect([await passed(apps[0]!, token, 5), await passed(apps[1]!, token, 5)]).toEqual([3, 3]);
    await apps.pop()!.close();
    await until('the other is gone', async () => (await replicas(apps[0]!)) === 1);
    expect(await passed(apps[0]!, token, 5)).toBe(3);
  });
});
