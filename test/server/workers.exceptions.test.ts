import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { finish, isAlive, Workers } from '../support/workers.js';

const TIMEOUT_MS = 90_000;
/** On this signal every process throws an exception that nothing catches. */
const THROWS = "process.on('SIGUSR2', () => { throw new Error('made up'); });";

describe.skipIf(inject('postgres') === null || process.platform === 'win32')('an uncaught exception', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-throws-'));
  let fixture: Workers;
  beforeAll(async () => {
    const file = join(folder, 'throws.mjs');
    writeFileSync(file, THROWS);
    fixture = await Workers.start(2, { NODE_OPTIONS: `--import=${file}` });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await fixture.close();
    rmSync(folder, { recursive: true });
  }, TIMEOUT_MS);

  it('ends the worker once its streams have finished, and another replaces it', { timeout: TIMEOUT_MS }, async () => {
    const { token } = await fixture.token();
    const streams = await fixture.streams(6, token);
    const [first] = fixture.pids;
    const [worker, pid] = first!;
    process.kill(pid, 'SIGUSR2');
    await fixture.sees('its replacement', () => fixture.pids.size === 3);
    const answers = await Promise.all(Array.from({ length: 10 }, async () => fixture.get('/v1/models', token)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await finish(streams)).not.toContain(false);
    const ofIt = (level: string) => fixture.entries.find((entry) => entry.worker === worker && entry.level === level);
    await fixture.sees('its end', () => ofIt('error') !== undefined);
    expect(ofIt('error')).toMatchObject({ msg: 'a worker crashed', pid, code: 1 });
    expect(ofIt('fatal')).toMatchObject({ err: { message: 'made up' } });
  });

  it('in the primary drains all workers, and ends with 1', { timeout: TIMEOUT_MS }, async () => {
    const streams = await fixture.streams(4, (await fixture.token()).token);
    const ended = once(fixture.server.process, 'exit');
    fixture.server.process.kill('SIGUSR2');
    await fixture.sees('the workers to drain', async () => (await fixture.get('/ready')).status === 503);
    expect(await finish(streams)).not.toContain(false);
    expect(await ended).toEqual([1, null]);
    expect([...fixture.pids.values()].filter(isAlive)).toEqual([]);
  });
});
