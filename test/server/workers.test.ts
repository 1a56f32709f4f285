import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SystemView } from '../../src/health/system/system.dto.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { scratch } from '../support/cli.run.js';
import { finish, isAlive, Workers } from '../support/workers.js';

const TIMEOUT_MS = 90_000;

describe.skipIf(inject('postgres') === null)('several workers', { timeout: TIMEOUT_MS }, () => {
  let fixture: Workers;
  const files = scratch();
  beforeAll(async () => {
    // Longer than it takes a request on a fresh connection to arrive: that one is still served.
    fixture = await Workers.start(3, { PRE_STOP_DELAY: '2s', METRICS_TOKEN_FILE: files.file('token', 'of-its-file') });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await fixture.close();
    files.remove();
  }, TIMEOUT_MS);

  /** Requests by six clients at once. The function returned stops them and resolves with their outcomes. */
  function load(token: string) {
    const outcome = { statuses: new Set<number>(), broken: 0, hung: 0 };
    const over = new AbortController();
    const client = async (): Promise<void> => {
      while (!over.signal.aborted)
        await fixture.get('/v1/models', token).then(
          async (answer) => {
            outcome.statuses.add(answer.status);
            await answer.arrayBuffer();
          },
          (error: Error) => (outcome[error.name === 'TimeoutError' ? 'hung' : 'broken'] += 1),
        );
    };
    const clients = Array.from({ length: 6 }, client);
    return async () => {
      over.abort();
      await Promise.all(clients);
      return outcome;
    };
  }

  const latest = (): [number, number] => [...fixture.pids].at(-1)!;

  it('share one port, and the log names the worker of each request', async () => {
    const serving = () => new Set(fixture.entries.flatMap(({ msg, worker }) => (msg === 'request' ? [worker] : [])));
    await fixture.sees('each to serve', async () => {
      await (await fixture.get('/nothing')).arrayBuffer();
      return serving().size === 3;
    });
    expect(serving()).toEqual(new Set(fixture.pids.keys()));
  });

  it('grant a capped token exactly its cap between them', async () => {
    const { token } = await fixture.token({ max_requests: 100 });
    const before = fixture.upstream.requests.length;
    const answers = await Promise.all(Array.from({ length: 160 }, async () => fixture.get('/v1/models', token)));
    const granted = answers.filter(({ status }) => status === 200).length;
    expect([granted, fixture.upstream.requests.length - before]).toEqual([100, 100]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it('PR-05 leave no connection to one that hangs', async () => {
    const [, pid] = latest();
    process.kill(pid, 'SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 20 }, async () => fixture.get('/live')));
    process.kill(pid, 'SIGCONT');
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('PR-05 go on when one is killed, which is replaced', async () => {
    const { token } = await fixture.token();
    const [worker, pid] = latest();
    const stop = load(token);
    process.kill(pid, 'SIGKILL');
    await fixture.sees('its replacement', () => latest()[0] > worker);
    const { statuses, broken, hung } = await stop();
    expect(statuses).toEqual(new Set([200]));
    expect(hung).toBe(0);
    // A client has one request at a time: what was running in the one that died.
    expect(broken).toBeLessThanOrEqual(6);
    const crash = () => fixture.entries.find(({ msg }) => msg === 'a worker crashed');
    await fixture.sees('its line in the log', () => crash() !== undefined);
    expect(crash()).toMatchObject({
      worker,
      pid,
      signal: 'SIGKILL',
    });
  });

  it('are replaced one by one, each by its SIGTERM, without a request refused or a stream cut', async () => {
    const { token } = await fixture.token();
    const streams = await fixture.streams(9, token);
    const stop = load(token);
    const old = [...fixture.pids].filter(([, pid]) => isAlive(pid));
    for (const [, pid] of old) {
      const [newest] = latest();
      process.kill(pid, 'SIGTERM');
      await fixture.sees('its replacement', () => latest()[0] > newest);
    }
    expect(await stop()).toEqual({ statuses: new Set([200]), broken: 0, hung: 0 });
    expect(await finish(streams)).not.toContain(false);
    await fixture.sees('the old to end', () => !old.some(([, pid]) => isAlive(pid)));
    expect(fixture.server.process.exitCode).toBeNull();
  });

  it('say of each variable where the primary has it from', async () => {
    const { config } = (await (await fixture.get('/manage/system', MANAGEMENT_TOKEN)).json()) as SystemView;
    const sources = Object.fromEntries(config.map(({ name, source }) => [name, source]));
    expect(sources).toMatchObject({ METRICS_TOKEN: 'file', PRE_STOP_DELAY: 'environment', LOG_LEVEL: 'default' });
  });

  it.skipIf(process.platform !== 'linux')('have no secret in their arguments or environment', () => {
    const [, pid] = latest();
    for (const file of ['cmdline', 'environ']) {
      const text = readFileSync(`/proc/${pid}/${file}`, 'latin1');
      for (const secret of [MANAGEMENT_TOKEN, ENCRYPTION_KEY, 'postgres://']) expect(text).not.toContain(secret);
    }
  });
});
