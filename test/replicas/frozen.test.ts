import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { outcomeOf, Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';

onServers('a replica whose process stands still', (store) => {
  const replicas = Replicas.forTests(store);
  let frozen: BuiltServer;
  beforeAll(async () => void (frozen = await BuiltServer.start(replicas.variables)));
  afterAll(async () => {
    frozen.process.kill('SIGCONT');
    await frozen.stop();
  });

  async function idOfFrozen(): Promise<string | undefined> {
    const report = (await (await fetch(`http://127.0.0.1:${frozen.port}/health`)).json()) as {
      replicas: { id: string; is_this: boolean }[];
    };
    return report.replicas.find((replica) => replica.is_this)?.id;
  }

  it('is named in the response of a call that waits, and refuses a revoked token from its first request on', async () => {
    const { a } = replicas;
    const token = await a.token();
    await until('the first response', async () => (await outcomeOf(frozen, token)) === 'ok');
    expect(await outcomeOf(frozen, token)).toBe('ok');
    const id = await idOfFrozen();
    frozen.process.kill('SIGSTOP');
    let answer: Response | undefined;
    // It may stand still while it writes the counts of the token: the database ends that transaction after a while.
    await until('the revocation', async () => {
      answer = await a.manage('DELETE', `/manage/tokens/${token.id}?wait=replicas`);
      return answer.status !== 503;
    });
    expect([answer?.status, answer?.headers.get('x-replicas-pending')]).toEqual([204, id]);
    // They wait in its sockets: it reads them before any of its timers has run.
    const asked = Promise.all([1, 2, 3].map(() => outcomeOf(frozen, token)));
    frozen.process.kill('SIGCONT');
    expect(await asked).toEqual(['token_inactive', 'token_inactive', 'token_inactive']);
    await until('its confirmation', async () => {
      const { headers } = await a.manage('DELETE', `/manage/tokens/${token.id}?wait=replicas`);
      return headers.get('x-replicas-confirmed') === '3' && !headers.has('x-replicas-pending');
    });
  });
});
