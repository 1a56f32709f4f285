import { expect, it } from 'vitest';
import { Changes } from '../../src/changes/changes.js';
import { until } from '../support/app.js';
import { onServers } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { Replicas, silencePush } from '../support/replicas.js';
import { TcpProxy } from '../support/tcp.proxy.js';
import { Browser, outcomeOf } from './browser.js';

onServers('a session on every replica', (store) => {
  const replicas = Replicas.forTests(store);
  const onB = async (browser: Browser): Promise<unknown> =>
    outcomeOf(await browser.call('GET', '/manage/projects', undefined, {}, replicas.b));

  it('is one: signed in here, signed out there, at once', async () => {
    const { a, b } = replicas;
    const browser = await Browser.signedIn(a, { name: 'Ana' });
    const { cookie } = browser;
    expect(await onB(browser)).toBe(200);
    expect((await browser.call('DELETE', '/manage/session', undefined, {}, b)).status).toBe(204);
    browser.cookie = cookie;
    expect(await browser.outcome('GET', '/manage/projects')).toBe('401 session_ended');
  });

  it('of an operator that another replica made a moment ago is known at its first call', async () => {
    const { a, b } = replicas;
    silencePush(a);
    const { token } = await operator(a);
    const browser = await Browser.signedIn(a, {}, token);
    expect(await onB(browser)).toBe(200);
    expect((await browser.call('GET', '/manage/sessions', undefined, {}, b)).status).toBe(200);
  });

  it('makes no change after its end, however long the change has waited', async () => {
    const { a, b } = replicas;
    const browser = await Browser.signedIn(a);
    const changes = a.running.app.get(Changes, { strict: false });
    const queue = changes['queue'];
    await queue.acquire(60_000);
    const waiting = browser.call('POST', '/manage/projects', { name: `late on ${store.driver}`, api_key: 'sk-x' });
    await until('the change waits', () => queue['waiting'].length > 0);
    await fetch(`${b.url}/manage/sessions/${browser.session.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${a.variables['MANAGEMENT_TOKEN']}` },
    });
    queue.release();
    expect(await outcomeOf(await waiting)).toBe('401 session_ended');
  });

  it('is 503 while the database is away, and not over', async () => {
    const wire = await TcpProxy.start(Number(new URL(replicas.databaseUrl).port));
    const app = await replicas.start({ DATABASE_URL: wire.through(replicas.databaseUrl) });
    try {
      const browser = await Browser.signedIn(app);
      wire.refuse();
      wire.cutAll();
      expect(await browser.outcome('GET', '/manage/session')).toBe('503 store_unavailable');
      expect(browser.cookie).toBeDefined();
      // The report on the state of the server needs no session, and waits for none.
      expect((await browser.call('GET', '/health')).status).toBeGreaterThanOrEqual(200);
      await wire.accept();
      expect(await onB(browser)).toBe(200);
    } finally {
      await app.close();
      wire.close();
    }
  });
});
