import { afterAll, afterEach, beforeAll, expect, inject, it, describe } from 'vitest';
import { until, type TestApp, type TokenAnswer } from '../support/app.js';
import { FaultyStore, type ServerDriver } from '../support/faulty.database.js';

const UNAVAILABLE = [503, 'store_unavailable'];
const OK = [200, undefined];
/** How a take begins. */
const TAKE = {
  postgres: Buffer.from('UPDATE tokens SET last_grant'),
  mysql: Buffer.from('UPDATE tokens SET request_count = request_count + last_insert_id'),
};

describe.each<[string, ServerDriver, string | null]>([
  ['PostgreSQL', 'postgres', inject('postgres')],
  ['MariaDB', 'mysql', inject('mariadb')],
])('a fault of %s', (_name, driver, found) => {
  describe.skipIf(found === null)('is never a 401, never an overrun, and passes', () => {
    let store: FaultyStore;
    let app: TestApp;
    let capped: TokenAnswer;
    let uncapped: TokenAnswer;
    const back = async () => until('the store is back', async () => (await store.ready(app)) === 200);
    const count = async ({ id }: TokenAnswer) => (await app.tokenById(id)).request_count;

    beforeAll(async () => {
      store = await FaultyStore.start(driver);
      app = await store.app();
    });
    beforeAll(async () => {
      const project_id = (await app.project()).id;
      capped = await app.token({ project_id, max_requests: 1000 });
      uncapped = await app.token({ project_id });
      expect([await store.call(app, capped), await store.call(app, uncapped)]).toEqual([OK, OK]);
    });
    afterEach(async () => {
      store.wire.release();
      store.wire.latency(0);
      store.wire.dropServerToClient(false);
      await back();
    });
    afterAll(() => store.stop());

    it('DB-01 a server that is away at the start is waited for: not ready, and then ready', async () => {
      store.wire.refuse();
      store.wire.cutAll();
      const late = await store.listening();
      expect((await fetch(`${late.url}/live`)).status).toBe(200);
      expect(await store.ready(late)).toBe(503);
      expect(await store.call(late, uncapped)).toEqual(UNAVAILABLE);
      expect((await late.manage('GET', '/manage/projects')).status).toBe(503);
      await store.wire.accept();
      await until('it is ready', async () => (await store.ready(late)) === 200);
      expect(await store.call(late, capped)).toEqual(OK);
    });

    it('DB-02 a server that dies: capped tokens are refused, known ones without a cap served, streams go on', async () => {
      const before = await count(uncapped);
      const paced = store.upstream.sse();
      const stream = fetch(`${app.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${uncapped.token}` },
      });
      await paced.event({ n: 1 });
      const answer = await stream;
      await store.server.kill();
      expect(await store.call(app, capped)).toEqual(UNAVAILABLE);
      expect(await store.call(app, uncapped)).toEqual(OK);
      expect(await store.ready(app)).toBe(503);
      const response = await store.exchange(app, capped);
      expect(response.header('retry-after')).toBe('1');
      expect(response.header('x-should-retry')).toBe('true');
      await paced.event('[DONE]');
      await paced.end();
      expect(await answer.text()).toContain('data: [DONE]');
      await store.server.restart();
      await back();
      expect(await store.call(app, capped)).toEqual(OK);
      await until('what was counted meanwhile is written', async () => (await count(uncapped)) === before + 2);
    });

    it('DB-04 a connection that is cut in the middle of a take: the request is refused, at most one use is lost', async () => {
      const before = await count(capped);
      const upstream = store.upstream.requests.length;
      const cut = store.wire.cutAfterRequest((bytes) => bytes.includes(TAKE[driver]));
      expect(await store.call(app, capped)).toEqual(UNAVAILABLE);
      await cut;
      expect(store.upstream.requests.length).toBe(upstream);
      expect(await count(capped)).toBe(before + 1);
      expect(await store.call(app, capped)).toEqual(OK);
      expect(await count(capped)).toBe(before + 2);
    });

    it('DB-05 a server that falls silent: refused while the silence lasts, and the event loop goes on', async () => {
      store.wire.hold();
      expect(await Promise.all([store.call(app, capped), store.call(app, capped)])).toEqual([UNAVAILABLE, UNAVAILABLE]);
      expect((await fetch(`${app.url}/live`)).status).toBe(200);
      expect(await store.ready(app)).toBe(503);
      expect(await store.call(app, uncapped)).toEqual(OK);
      store.wire.release();
      await back();
      expect(await store.call(app, capped)).toEqual(OK);
    });

    it('DB-05 a server that is frozen: as one that falls silent', async () => {
      store.server.freeze();
      expect(await store.call(app, capped)).toEqual(UNAVAILABLE);
      expect(await store.call(app, uncapped)).toEqual(OK);
      store.server.thaw();
      await back();
      expect(await store.call(app, capped)).toEqual(OK);
    });

    it('a server that is slow is waited for, and no longer when it is too slow', async () => {
      store.wire.latency(50);
      expect(await store.call(app, capped)).toEqual(OK);
      store.wire.latency(3000);
      expect(await store.call(app, capped)).toEqual(UNAVAILABLE);
    });

    it('DB-14 connections that are all taken: refused, and none is lost', async () => {
      store.wire.hold();
      const many = Array.from({ length: 40 }, () => store.call(app, capped));
      expect(new Set((await Promise.all(many)).map(([status]) => status))).toEqual(new Set([503]));
      store.wire.release();
      await back();
      const calls = Array.from({ length: 30 }, () => app.manage('GET', '/manage/tokens'));
      expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
      await until('no more connections than the pool may have', () => store.wire.connections <= 16);
    });

    it('an unknown token is not refused as unknown while the database does not answer', async () => {
      const other = await app.token({ project_id: capped.project_id });
      store.wire.hold();
      expect(await store.call(app, other)).toEqual(UNAVAILABLE);
      store.wire.release();
      await back();
      expect(await store.call(app, other)).toEqual(OK);
    });
  });
});
