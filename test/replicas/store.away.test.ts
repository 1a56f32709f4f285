import { expect, it } from 'vitest';
import { Freshness } from '../../src/replicas/freshness.js';
import { type TestApp, until } from '../support/app.js';
import { heardBy, outcomeOf, Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

const freshnessOf = (app: TestApp) => app.running.app.get(Freshness);

onServers('a replica that is cut off from the database', (store) => {
  const replicas = Replicas.forTests(store);

  /** A third replica, whose connection to the database can be cut, and a token that it knows. */
  async function cutOff(grace: string) {
    const wire = await TcpProxy.start(Number(new URL(replicas.databaseUrl).port));
    const app = await replicas.start({ DATABASE_URL: wire.through(replicas.databaseUrl), AUTH_STALE_GRACE: grace });
    const token = await replicas.a.token();
    await until('its first reading', () => freshnessOf(app).isCurrent);
    await until('it serves', async () => (await outcomeOf(app, token)) === 'ok');
    const cut = () => {
      wire.refuse();
      wire.cutAll();
    };
    const close = async () => {
      await app.close();
      wire.close();
    };
    return { app, token, wire, cut, close };
  }

  it('DB-02 without grace serves from memory for no longer than a second, then 503, never 401', async () => {
    const { app, token, wire, cut, close } = await cutOff('0s');
    try {
      cut();
      const seen = new Set<unknown>();
      await until('the refusal', async () => {
        const outcome = await outcomeOf(app, token);
        seen.add(outcome);
        return outcome === 'store_unavailable';
      });
      expect([...seen].filter((outcome) => outcome !== 'ok')).toEqual(['store_unavailable']);
      expect(freshnessOf(app).isWithinGrace).toBe(false);
      await replicas.a.manage('DELETE', `/manage/tokens/${token.id}`);
      await wire.accept();
      await until('the return', async () => {
        const outcome = await outcomeOf(app, token);
        seen.add(outcome);
        return outcome === 'token_inactive';
      });
      expect(seen).toEqual(new Set(['ok', 'store_unavailable', 'token_inactive']));
    } finally {
      await close();
    }
  });

  it('DB-02 serves the tokens it knows for the grace, and then no more', async () => {
    const { app, token, cut, close } = await cutOff('2s');
    try {
      cut();
      const within = new Set<unknown>();
      await until('the end of the grace', async () => {
        const outcome = await outcomeOf(app, token);
        if (freshnessOf(app).isWithinGrace) within.add(outcome);
        return !freshnessOf(app).isWithinGrace;
      });
      expect(within).toEqual(new Set(['ok']));
      expect(await outcomeOf(app, token)).toBe('store_unavailable');
      expect(await outcomeOf(app, await replicas.a.token())).toBe('store_unavailable');
    } finally {
      await close();
    }
  });

  it('DB-05 serves the tokens it knows while the database is silent', async () => {
    const { app, token, wire, close } = await cutOff('60s');
    try {
      wire.hold();
      await until('the end of the lease', async () => {
        expect(await outcomeOf(app, token)).toBe('ok');
        return app.log.includes('changes cannot be read');
      });
      expect(await outcomeOf(app, token)).toBe('ok');
      await replicas.a.manage('DELETE', `/manage/tokens/${token.id}`);
      expect(await outcomeOf(app, token)).toBe('ok');
      const heard = heardBy(app);
      wire.release();
      await until('the return', async () => (await outcomeOf(app, token)) === 'token_inactive');
      await until('the changes', () => heard.length > 0);
    } finally {
      await close();
    }
  });
});
