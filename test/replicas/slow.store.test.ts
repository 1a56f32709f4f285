import { expect, it } from 'vitest';
import { TokenAuthenticator } from '../../src/token/token.authenticator.js';
import { type TestApp, until } from '../support/app.js';
import { onServers } from '../support/databases.js';
import { heardBy, outcomeOf, Replicas } from '../support/replicas.js';
import { TcpProxy } from '../support/tcp.proxy.js';

onServers('a replica whose database is slow', (store) => {
  const replicas = Replicas.forTests(store);

  async function behindAWire(): Promise<{ app: TestApp; wire: TcpProxy }> {
    const wire = await TcpProxy.start(Number(new URL(replicas.databaseUrl).port));
    const app = await replicas.start({ DATABASE_URL: wire.through(replicas.databaseUrl) });
    return { app, wire };
  }

  it('A3 responds for an unknown token within the limit of one statement', async () => {
    const { app, wire } = await behindAWire();
    const token = await replicas.a.token();
    // The token and its project are two queries.
    wire.latency(300);
    expect(await outcomeOf(app, token)).toBe('store_unavailable');
    wire.latency(0);
    await until('the token is cached', async () => (await outcomeOf(app, token)) === 'ok');
    await app.close();
    wire.close();
  });

  it('A3 reads a revocation through a slow connection, and queries no cached token', async () => {
    const { app, wire } = await behindAWire();
    const token = await replicas.a.token();
    await until('the token is cached', async () => (await outcomeOf(app, token)) === 'ok');
    const authenticator = app.running.app.get(TokenAuthenticator);
    const queries = () => {
      const known = authenticator.identify(token.token);
      if (known instanceof Promise) known.catch(() => undefined);
      return known instanceof Promise;
    };
    const emitted = heardBy(app);
    wire.latency(250);
    let [quick, slow] = [0, 0];
    for (let changes = 0; changes < 3; changes += 1) {
      emitted.length = 0;
      const other = await replicas.a.token();
      await replicas.a.manage('DELETE', `/manage/tokens/${other.id}`);
      await until('the change is emitted', () => {
        if (queries()) slow += 1;
        else quick += 1;
        return emitted.length > 0;
      });
    }
    // A busy machine stands still now and then, and its memory grows old.
    expect(slow).toBeLessThan(quick / 10);
    await replicas.a.manage('DELETE', `/manage/tokens/${token.id}`);
    wire.latency(0);
    await until('it is revoked', async () => (await outcomeOf(app, token)) === 'token_inactive');
    await app.close();
    wire.close();
  });
});
