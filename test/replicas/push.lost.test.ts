import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { type TestApp, until } from '../support/app.js';
import { heardBy, outcomeOf, Replicas, stopPolling } from '../support/replicas.js';
import { onServers } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

/** Makes changes until one of them arrives by push alone. */
async function pushArrives(a: TestApp, b: TestApp): Promise<void> {
  stopPolling(b);
  const { id } = await a.token();
  const heard = heardBy(b);
  await until('a push', async () => {
    await a.manage('PATCH', `/manage/tokens/${id}`, { name: 'other' });
    return heard.some(({ tokens }) => tokens.has(id));
  });
}

onServers('a push that is lost', (store) => {
  const replicas = Replicas.forTests(store);

  describe.skipIf(store.driver !== 'postgres')('with its connection', () => {
    it('comes back by itself', async () => {
      const { a, b } = replicas;
      await pushArrives(a, b);
      const admin = new Client({ connectionString: replicas.databaseUrl });
      await admin.connect();
      const listeners = `FROM pg_stat_activity WHERE application_name = 'llm-proxy listen' AND datname = current_database()`;
      const { rows } = await admin.query(`SELECT pg_terminate_backend(pid) ${listeners}`);
      await admin.end();
      expect(rows).toHaveLength(2);
      await pushArrives(a, b);
    });
  });

  const redis = inject('redis');
  describe.skipIf(redis === null)('in Redis', () => {
    it('RD-07 is made good by the poll, while the connection is silent', async () => {
      const speaker = await replicas.start({ REDIS_URL: redis! });
      const wire = await TcpProxy.start(Number(new URL(redis!).port));
      const deaf = await replicas.start({ REDIS_URL: wire.through(redis!) });
      try {
        const token = await replicas.a.token();
        expect(await outcomeOf(deaf, token)).toBe('ok');
        wire.hold();
        await speaker.manage('DELETE', `/manage/tokens/${token.id}`);
        await until('the refusal', async () => (await outcomeOf(deaf, token)) === 'token_inactive');
      } finally {
        await deaf.close();
        await speaker.close();
        wire.close();
      }
    });
  });
});
