import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type TestApp, until } from '../support/app.js';
import { rowsOf } from '../support/audit.rows.js';
import { BuiltServer } from '../support/built.server.js';
import { StoreStatements } from '../support/database.statements.js';
import { onServers } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { Replicas, silencePush } from '../support/replicas.js';
import { silence } from '../support/upstream.scenarios.js';
import { RunningRequests, streamsAt } from './running.requests.js';

const sourceOf = (app: TestApp): DataSource => app.running.app.get(DataSource, { strict: false });

const runningAt = async (app: TestApp, credential?: string): Promise<number> => {
  const response = await app.manage('GET', '/manage/overview', undefined, credential);
  return ((await response.json()) as { running: number }).running;
};

const knows = async (app: TestApp, count: number): Promise<void> =>
  until(`${count} replicas are known`, async () => {
    const { replicas } = (await (await app.manage('GET', '/health')).json()) as { replicas: unknown[] };
    return replicas.length === count;
  });

onServers('what runs on two replicas', (store) => {
  const replicas = Replicas.forTests(store);
  let onA: RunningRequests;
  let onB: RunningRequests;
  beforeEach(() => {
    replicas.upstream.reply(silence());
    [onA, onB] = [new RunningRequests(replicas.a), new RunningRequests(replicas.b)];
  });
  afterEach(() => {
    onA.close();
    onB.close();
  });
  const end = async (app: TestApp, path: string, body?: object): Promise<[number, unknown]> => {
    const response = await app.manage('POST', `/manage/streams${path}`, body);
    return [response.status, await response.json()];
  };

  it('is listed by each of them, with the name of the one that serves it', async () => {
    const token = await replicas.a.token();
    await onA.send(token.token);
    await onB.send(token.token);
    const seen = [await onA.seen(token.project_id, 2), await onB.seen(token.project_id, 2)];
    const [one, other] = seen.map((streams) => streams.map(({ id }) => id).toSorted());
    expect(one).toEqual(other);
    const { streams, silent } = await streamsAt(replicas.a, `?token_id=${token.id}`);
    expect(silent).toEqual([]);
    expect(streams.map(({ started_at: at }) => at)).toEqual(
      streams
        .map(({ started_at: at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it('is counted by the overview of each of them, of the projects that its reader sees', async () => {
    const [token, foreign] = [await replicas.a.token(), await replicas.a.token()];
    await onA.send(token.token);
    await onB.send(token.token);
    await onB.send(foreign.token);
    const viewer = await operator(replicas.a, { role: 'viewer', projects: [token.project_id] });
    for (const app of [replicas.a, replicas.b]) {
      await until('all are counted', async () => (await runningAt(app)) === 3);
      expect(await runningAt(app, viewer.token)).toBe(2);
    }
  });

  it('is ended on the other one; its row in the log names the replica', async () => {
    const token = await replicas.a.token();
    const client = await onB.send(token.token);
    const [stream] = await onA.seen(token.project_id);
    expect(await end(replicas.a, `/${stream!.id}/end`)).toEqual([200, { ended: true }]);
    const response = await client.response();
    expect([response.status, response.text]).toEqual([403, expect.stringContaining('ended_by_operator')]);
    expect(await end(replicas.a, `/${stream!.id}/end`)).toMatchObject([404, { code: 'stream_not_found' }]);
  });

  it('is ended on both at once, by token and by project', async () => {
    const token = await replicas.a.token();
    for (const body of [{ token_id: token.id }, { project_id: token.project_id }]) {
      const clients = [await onA.send(token.token), await onB.send(token.token), await onB.send(token.token)];
      await onA.seen(token.project_id, 3);
      expect(await end(replicas.b, '/end', body)).toEqual([200, { ended_count: 3, silent: [] }]);
      for (const client of clients) expect((await client.response()).status).toBe(403);
      await onA.seen(token.project_id, 0);
    }
  });

  it('is found by the poll alone when no push arrives', async () => {
    const quiet = await replicas.start();
    try {
      silencePush(quiet);
      const token = await replicas.a.token();
      await onB.send(token.token);
      await onB.seen(token.project_id);
      await until('both know each other', async () => {
        const { streams, silent } = await streamsAt(quiet, `?token_id=${token.id}`);
        return streams.length === 1 && silent.length === 0;
      });
      expect((await streamsAt(quiet, `?token_id=${token.id}`)).streams).toHaveLength(1);
    } finally {
      await quiet.close();
    }
  });

  it('is cut at 500 over all of them', async () => {
    const token = await replicas.a.token();
    await Promise.all(Array.from({ length: 251 }, () => onA.send(token.token)));
    await Promise.all(Array.from({ length: 250 }, () => onB.send(token.token)));
    await until('501 requests', async () => (await streamsAt(replicas.a, `?token_id=${token.id}`)).truncated);
    const { streams, silent } = await streamsAt(replicas.b, `?token_id=${token.id}`);
    expect([streams.length, silent]).toEqual([500, []]);
    expect(await end(replicas.a, '/end', { token_id: token.id })).toEqual([200, { ended_count: 501, silent: [] }]);
  }, 60_000);

  it('is missing from a replica that stands still, which is named', async () => {
    const still = await BuiltServer.start(replicas.variables);
    try {
      await knows(replicas.a, 3);
      const { silent: before } = await streamsAt(replicas.a);
      expect(before).toEqual([]);
      still.process.kill('SIGSTOP');
      const token = await replicas.a.token();
      await onA.send(token.token);
      await until('its own one is counted', async () => (await runningAt(replicas.a)) === 1);
      await onA.seen(token.project_id);
      onA.close();
      await onA.seen(token.project_id, 0);
      const { silent } = await streamsAt(replicas.a, `?token_id=${token.id}`);
      expect(silent).toEqual([expect.stringMatching(new RegExp(`/${still.process.pid}$`))]);
      expect(await end(replicas.b, '/end', { token_id: token.id })).toEqual([200, { ended_count: 0, silent }]);
    } finally {
      still.process.kill('SIGCONT');
      await still.stop();
    }
  }, 60_000);

  it('is not said to have ended while the replica that may serve it stands still', async () => {
    const still = await BuiltServer.start(replicas.variables);
    const manage = replicas.a.manage.bind(replicas.a);
    const onStill = new RunningRequests({ port: still.port, manage });
    try {
      await knows(replicas.a, 3);
      const token = await replicas.a.token();
      await onStill.send(token.token);
      const [stream] = await onA.seen(token.project_id);
      still.process.kill('SIGSTOP');
      const name = stream!.replica;
      const rows = await rowsOf(replicas.a, async () => {
        expect(await end(replicas.a, `/${stream!.id}/end`)).toMatchObject([
          503,
          { code: 'replicas_silent', error: expect.stringContaining(`${name} did not answer`) },
        ]);
      });
      expect(rows).toMatchObject([{ action: 'stream.end', outcome: 'failure', reason: 'replicas_silent' }]);
      expect(rows[0]).toMatchObject({
        subject_id: stream!.id,
        metadata: { message: expect.stringContaining(name) },
      });
    } finally {
      onStill.close();
      still.process.kill('SIGCONT');
      await still.stop();
    }
  }, 60_000);

  it('costs nothing while nobody asks: no statement beside the poll, and nothing is written', async () => {
    const [a, b] = [new StoreStatements(sourceOf(replicas.a)), new StoreStatements(sourceOf(replicas.b))];
    const polls = (all: StoreStatements): number => all.with('FROM revisions LEFT JOIN changes');
    await until('some polls', () => polls(a) > 3 && polls(b) > 3);
    expect([a.with('stream_'), b.with('stream_')]).toEqual([0, 0]);
    await streamsAt(replicas.a, `?token_id=${randomUUID()}`);
    expect(b.with('FROM stream_questions')).toBe(1);
    expect(b.with('stream_answers')).toBe(1);
    const polled = [polls(a), polls(b)];
    const asked = [a.with('stream_'), b.with('stream_')];
    await until('some polls more', () => polls(a) > polled[0]! + 3 && polls(b) > polled[1]! + 3);
    // The one that asked saw its own question, and nothing to answer.
    expect([a.with('stream_') - asked[0]!, b.with('stream_') - asked[1]!]).toEqual([expect.any(Number), 0]);
    expect(a.with('FROM stream_questions')).toBeLessThanOrEqual(2);
  });

  it('is asked for once when several look at once', async () => {
    const statements = new StoreStatements(sourceOf(replicas.a));
    const query = `?token_id=${randomUUID()}`;
    await Promise.all([1, 2, 3, 4, 5].map(() => streamsAt(replicas.a, query)));
    expect(statements.with('INSERT INTO stream_questions')).toBe(1);
  });

  it('forgets questions and answers after a minute', async () => {
    const source = sourceOf(replicas.a);
    await source.query('UPDATE stream_questions SET asked_at = 1');
    const fresh = await replicas.start();
    try {
      await knows(fresh, 3);
      await streamsAt(fresh);
      const [{ n }] = (await source.query('SELECT COUNT(*) AS n FROM stream_questions WHERE asked_at = 1')) as [
        { n: number | string },
      ];
      expect(Number(n)).toBe(0);
    } finally {
      await fresh.close();
    }
  });
});

const redis = inject('redis');
describe.skipIf(redis === null)('with Redis', () => {
  onServers('what runs on two replicas', (store) => {
    const replicas = Replicas.forTests(store, { REDIS_URL: redis! });

    it('is listed and ended on both', async () => {
      replicas.upstream.reply(silence());
      const [onA, onB] = [new RunningRequests(replicas.a), new RunningRequests(replicas.b)];
      const token = await replicas.a.token();
      const client = await onB.send(token.token);
      const [stream] = await onA.seen(token.project_id);
      const response = await replicas.a.manage('POST', `/manage/streams/${stream!.id}/end`);
      expect(await response.json()).toEqual({ ended: true });
      expect((await client.response()).status).toBe(403);
      onA.close();
      onB.close();
    });
  });
});
