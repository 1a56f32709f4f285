import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { isAlive, Workers } from '../support/workers.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;
const TIMEOUT_MS = 90_000;
const PROVIDERS = 'apis:\n  openai:\n    base_url: http://127.0.0.1:9\n';

describe.skipIf(inject('postgres') === null)('starting workers', { timeout: TIMEOUT_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-workers-'));
  const providers = join(folder, 'providers.yaml');
  let fixture: Workers;
  beforeAll(async () => {
    writeFileSync(providers, PROVIDERS);
    fixture = await Workers.start(2, { API_CONFIG_PATH: providers });
    await fixture.token();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await fixture.close();
    rmSync(folder, { recursive: true });
  }, TIMEOUT_MS);

  /** A second server on the same database, which is to refuse. */
  async function start(variables: Variables) {
    const env = { PATH: process.env['PATH'], MANAGEMENT_TOKEN, ENCRYPTION_KEY, ...fixture.variables, ...variables };
    const child = spawn(process.execPath, [LAUNCHER, 'server'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stderr, stdout, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
    return { code: code as number, stderr, listening: stdout.includes('listens') };
  }

  it('reports an error of the configuration once', async () => {
    expect(await start({ LISTEN_ADDR: 'nowhere' })).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/^llm-proxy: LISTEN_ADDR [^\n]+\n$/) as string,
      listening: false,
    });
  });

  it('reports once what a worker refuses, and ends with its exit code', async () => {
    const other = Buffer.alloc(32, 7).toString('base64');
    const { code, stderr, listening } = await start({ ENCRYPTION_KEY: other, LISTEN_ADDR: '127.0.0.1:0' });
    expect([code, listening]).toEqual([78, false]);
    expect(stderr).toMatch(/^llm-proxy: ENCRYPTION_KEY [^\n]+\n$/);
  });

  it('reports once that the port is in use', async () => {
    const address = `127.0.0.1:${fixture.server.port}`;
    expect(await start({ LISTEN_ADDR: address })).toEqual({
      code: 1,
      stderr: `llm-proxy: LISTEN_ADDR ${address}: the port is in use\n`,
      listening: false,
    });
  });

  it('tries again, ever later, while a replacement is refused', async () => {
    writeFileSync(providers, 'apis: {}\n');
    const [worker, pid] = [...fixture.pids].at(-1)!;
    process.kill(pid, 'SIGKILL');
    const refused = () => fixture.entries.filter(({ msg }) => msg === 'a worker did not start');
    await fixture.sees('two refusals', () => refused().length >= 2);
    expect(refused()[0]).toMatchObject({ why: [expect.stringContaining(providers)] });
    expect((await fixture.get('/live')).status).toBe(200);
    writeFileSync(providers, PROVIDERS);
    await fixture.sees('one that starts', () => [...fixture.pids.keys()].at(-1)! > worker);
  });

  it('lose no worker whose replacement is refused, whatever signal they are sent', async () => {
    const serving = [...fixture.pids].filter(([, pid]) => isAlive(pid));
    const [newest] = serving.at(-1)!;
    const before = fixture.entries.length;
    writeFileSync(providers, 'apis: {}\n');
    for (const [, pid] of serving) process.kill(pid, 'SIGTERM');
    const refused = () => fixture.entries.slice(before).filter(({ msg }) => msg === 'a worker did not start');
    await fixture.sees('two refusals for each', () => refused().length >= 4);
    expect(serving.filter(([, pid]) => isAlive(pid))).toHaveLength(2);
    expect((await fixture.get('/ready')).status).toBe(200);
    writeFileSync(providers, PROVIDERS);
    await fixture.sees(
      'both replaced',
      () => [...fixture.pids.keys()].filter((worker) => worker > newest).length === 2,
    );
    await fixture.sees('the old to end', () => !serving.some(([, pid]) => isAlive(pid)));
  });
});
