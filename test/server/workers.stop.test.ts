import { once } from 'node:events';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { finish, isAlive, Workers } from '../support/workers.js';

const TIMEOUT_MS = 90_000;

/** A process group of its own, as a shell gives to what is started in it. */
const IN_A_GROUP = ['setsid'];

describe.skipIf(inject('postgres') === null || process.platform === 'win32')('stopping workers', () => {
  let fixture: Workers;
  afterEach(() => fixture.close(), TIMEOUT_MS);

  /** Two workers with streams in both, as far as chance has it. */
  async function running(variables: Record<string, string> = {}) {
    fixture = await Workers.start(2, variables, IN_A_GROUP);
    const streams = await fixture.streams(8, (await fixture.token()).token);
    const ended = once(fixture.server.process, 'exit') as Promise<[number | null, string | null]>;
    return { streams, ended, primary: fixture.server.process.pid!, pids: [...fixture.pids.values()] };
  }

  const draining = () =>
    fixture.sees(
      'both to drain',
      () => fixture.entries.filter(({ msg, worker }) => msg === 'stopping' && worker).length === 2,
    );

  it('PR-01 finishes the running requests of every worker, and ends with 0', { timeout: TIMEOUT_MS }, async () => {
    const { streams, ended, primary, pids } = await running();
    process.kill(primary, 'SIGTERM');
    await draining();
    const ready = await Promise.all(Array.from({ length: 10 }, async () => (await fixture.get('/ready')).status));
    expect(new Set(ready)).toEqual(new Set([503]));
    expect(await finish(streams)).not.toContain(false);
    expect(await ended).toEqual([0, null]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('is one signal when a terminal sends it to all of them', { timeout: TIMEOUT_MS }, async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      if (signal === 'SIGTERM') await fixture.close();
      const { streams, ended, primary } = await running();
      process.kill(-primary, signal);
      await draining();
      expect((await fixture.get('/ready')).status).toBe(503);
      expect(await finish(streams)).not.toContain(false);
      expect(await ended).toEqual([0, null]);
    }
  });

  it('PR-02 is cut short by a second signal', { timeout: TIMEOUT_MS }, async () => {
    const { streams, ended, primary } = await running();
    process.kill(primary, 'SIGTERM');
    await draining();
    process.kill(primary, 'SIGTERM');
    const answers = await Promise.all(streams.map(async ({ client }) => client.response({ timeoutMs: TIMEOUT_MS })));
    expect(answers.every(({ truncated }) => truncated)).toBe(true);
    expect(await ended).toEqual([0, null]);
  });

  it('kills one that hangs, and ends with 1', { timeout: TIMEOUT_MS }, async () => {
    const { ended, primary, pids } = await running({ DRAIN_TIMEOUT: '100ms' });
    process.kill(pids[0]!, 'SIGSTOP');
    process.kill(primary, 'SIGTERM');
    expect(await ended).toEqual([1, null]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('leaves no orphans when the primary is killed, and cuts no stream', { timeout: TIMEOUT_MS }, async () => {
    const { streams, ended, primary, pids } = await running();
    process.kill(primary, 'SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    await fixture.sees('the port to be free', async () =>
      fixture.get('/live').then(
        () => false,
        () => true,
      ),
    );
    expect(await finish(streams)).not.toContain(false);
    await fixture.sees('the workers to end', () => !pids.some(isAlive));
  });

  it('cuts short, by a signal, the draining of those whose primary was killed', { timeout: TIMEOUT_MS }, async () => {
    const { streams, primary, pids } = await running();
    process.kill(primary, 'SIGKILL');
    await draining();
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    const answers = await Promise.all(streams.map(async ({ client }) => client.response({ timeoutMs: TIMEOUT_MS })));
    expect(answers.every(({ truncated }) => truncated)).toBe(true);
    await fixture.sees('the workers to end', () => !pids.some(isAlive));
  });
});
