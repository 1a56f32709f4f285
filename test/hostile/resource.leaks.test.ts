import type { EventEmitter } from 'node:events';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestApp, type TokenAnswer, until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { Leftovers } from '../support/leftovers.js';
import { request } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { StoreStatements } from '../support/database.statements.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { answer } from '../support/upstream.scenarios.js';

const KIB = 1024;
const REQUESTS = 1000;

// A speed cannot be tested on a shared machine; what makes a proxy slow over the years can be counted.

onEveryStore('statements of a proxied request', (store) => {
  let fresh: FreshStore;
  let upstream: RecordingUpstream;
  let app: TestApp;
  let statements: StoreStatements;

  beforeAll(async () => {
    fresh = await store.fresh();
    upstream = await RecordingUpstream.start();
    upstream.reply(answer({ body: 'ok' }));
    app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl, ...fresh.variables });
    statements = new StoreStatements(app.running.app.get(DataSource));
  });
  afterEach(() => statements.release());
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await fresh.drop();
  });

  const call = async ({ token }: TokenAnswer): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await request(app.port, { target: '/v1/models', headers })).status;
  };
  const rowsOfAudit = async (): Promise<number> => {
    const [row] = await app.running.app.get(DataSource).query('SELECT count(*) AS n FROM audit_events');
    return Number(row.n);
  };
  const calls = (token: TokenAnswer, count: number) => Promise.all(Array.from({ length: count }, () => call(token)));

  it('waits for none with an uncapped token that memory knows', async () => {
    const token = await app.token();
    await call(token);
    statements.stall();
    expect(await calls(token, 20)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  it('sends none to the audit log, whether it is served or refused', async () => {
    const token = await app.token({ max_requests: 5 });
    const before = await rowsOfAudit();
    const sent = statements.with('audit_');
    for (let i = 0; i < 10; i += 1) expect(await call(token)).toBe(i < 5 ? 200 : 429);
    const stranger = { ...token, token: `${token.token.slice(0, -1)}${token.token.endsWith('A') ? 'B' : 'A'}` };
    expect(await call(stranger)).toBe(401);
    expect(statements.with('audit_')).toBe(sent);
    expect(await rowsOfAudit()).toBe(before);
  });

  it('sends one for each request of a capped token, one after the other', async () => {
    const token = await app.token({ max_requests: 100 });
    await call(token);
    const before = statements.about(token.id);
    for (let i = 0; i < 10; i += 1) expect(await call(token)).toBe(200);
    expect(statements.about(token.id) - before).toBe(10);
  });

  it('sends one for all requests of a capped token that came while another was under way', async () => {
    const token = await app.token({ max_requests: 100 });
    await call(token);
    const [before, arrived] = [statements.about(token.id), upstream.requests.length];
    statements.stall();
    const first = call(token);
    await until('the first take', () => statements.about(token.id) > before);
    const others = calls(token, 30);
    await until('all requests to be in the fixture', () => app.running.lifecycle.running === 31);
    expect(upstream.requests).toHaveLength(arrived);
    statements.release();
    expect(await first).toBe(200);
    expect(await others).toEqual(Array.from({ length: 30 }, () => 200));
    expect(statements.about(token.id) - before).toBe(2);
  });
});

describe('what a proxied request leaves behind', () => {
  const fixture = ProxyFixture.forTests();
  let leftovers: Leftovers;
  beforeAll(() => {
    const { app } = fixture.app.running;
    leftovers = new Leftovers(app.getHttpServer(), fixture.upstream.port, [app.get<EventEmitter>(EventEmitter2)]);
  });
  afterAll(() => leftovers.stop());

  it('is one line in the log', async () => {
    const lines = () => fixture.app.log.split('\n').length;
    const proxied = () => fixture.app.accessLines.filter(({ path }) => path === '/v1/chat/completions').length;
    await fixture.call();
    await until('the first line', () => proxied() === 1);
    const before = lines();
    for (let i = 0; i < 20; i += 1) await fixture.call();
    await until('all lines', () => proxied() === 21);
    expect(lines() - before).toBe(20);
  });

  it(`is no timer, no listener and no connection after ${REQUESTS} of them`, async () => {
    const client = await fixture.connect();
    const calls = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
        expect((await client.response()).status).toBe(200);
      }
    };
    try {
      await calls(100);
      const before = leftovers.count();
      expect(before).toMatchObject({ clients: 1, upstreams: 1 });
      expect(before['listeners']).toBeGreaterThan(0);
      await calls(REQUESTS);
      await until('the timers of the last request to end', () => leftovers.count()['timers']! <= before['timers']!);
      expect(leftovers.count()).toMatchObject({ ...before, timers: expect.any(Number) });
    } finally {
      client.destroy();
    }
  });
});

describe('a client that does not read', () => {
  const fixture = ProxyFixture.forTests();

  it('has no more than 256 KiB of its response buffered', async () => {
    const { app } = fixture.app.running;
    const leftovers = new Leftovers(app.getHttpServer(), fixture.upstream.port, []);
    const buffered = () =>
      leftovers.clients.reduce((sum, { writableLength }) => sum + writableLength, 0) +
      leftovers.upstreams.reduce((sum, { readableLength }) => sum + readableLength, 0);
    let most = 0;
    let pieces = 0;
    fixture.upstream.reply(async (exchange) => {
      if (!(await exchange.receiveAll())) return;
      await exchange.head(200, [['transfer-encoding', 'chunked']]);
      while (await exchange.chunk(Buffer.alloc(64 * KIB, 'x'))) {
        most = Math.max(most, buffered());
        pieces += 1;
      }
    });
    const client = await fixture.connect();
    try {
      client.pause();
      await client.send({ target: '/v1/files/a/content', headers: fixture.headers() });
      await until('the client to be waited for', () => leftovers.clients[0]?.writableNeedDrain === true);
      for (let seen = -1; seen !== pieces;) {
        seen = pieces;
        for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
      most = Math.max(most, buffered());
      process.stdout.write(`buffered: ${Math.round(most / KIB)} KiB for a client that does not read\n`);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(256 * KIB);
    } finally {
      leftovers.stop();
      client.destroy();
    }
  });
});
