import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource, LessThan } from 'typeorm';
import { TokenEntity } from '../../src/token/token.entity.js';
import { WarningSweep } from '../../src/token/warnings/warning.sweep.js';
import { TestApp } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { type FreshStore, onServers } from '../support/databases.js';
import { until } from '../support/until.js';

/** More than one page of a sweep. */
const TOKENS = 500;
const HOUR = 3_600_000;

onServers('replicas that are killed while they warn', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    // The replica that is not killed looks when the test says so.
    app.running.app.get(WarningSweep, { strict: false }).close();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const tokens = () => app.running.app.get(DataSource, { strict: false }).getRepository(TokenEntity);
  /** Tokens whose warning is due or has to be repeated. */
  const left = async () => tokens().countBy({ warnAt: LessThan(Date.now()) });

  async function storedNotices(): Promise<string[]> {
    const rows: { body: string }[] = await tokens().query('SELECT body FROM event_segments ORDER BY id');
    return rows
      .flatMap(({ body }) => body.split('\n'))
      .filter((line) => line.includes('"kind":"notice"'))
      .map((line) => (JSON.parse(line) as { id: string }).id);
  }

  async function makeWithering(): Promise<string[]> {
    const [projectId, now] = [(await app.project()).id, Date.now()];
    const rows = Array.from({ length: TOKENS }, () => {
      const id = randomUUID();
      const times = { createdAt: now - 9 * HOUR, expiresAt: now + HOUR, warnAt: 1 };
      return { id, projectId, secretHash: `sha256:${id}`, secretDisplay: 'sk-wt-…', isActive: true, ...times };
    });
    await tokens().insert(rows);
    return rows.map(({ id, expiresAt }) => `token.withering:${id}:time-20-${expiresAt}`);
  }

  it('leave one notice and at most one line of each warning', async () => {
    const expected = await makeWithering();
    const start = async () => BuiltServer.start(database.variables);
    const killed = await Promise.all([start(), start()]);
    await until('a part of the warnings', async () => (await left()) < TOKENS, 40_000);
    await Promise.all(killed.map(async (server) => server.stop('SIGKILL')));
    expect(await left()).toBeGreaterThan(0);
    const sweep = app.running.app.get(WarningSweep, { strict: false });
    await until('all warnings', async () => {
      await sweep.sweep();
      return (await left()) === 0;
    });
    expect((await storedNotices()).sort()).toEqual(expected.sort());
    const lines = [...killed.flatMap((server) => server.lines), ...app.log.split('\n')].filter((line) =>
      line.includes('"warning":'),
    );
    const named = lines.map((line) => (JSON.parse(line) as { token_id: string }).token_id);
    expect(new Set(named).size).toBe(named.length);
    // A kill may lose the lines of one batch of notices.
    expect(named.length).toBeGreaterThanOrEqual(TOKENS / 2);
  });
});
