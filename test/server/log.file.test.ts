import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { freshPostgres } from '../support/databases.js';
import { freePort } from '../support/free.port.js';
import { until } from '../support/until.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;
const TIMEOUT_MS = 90_000;
const PATIENCE_MS = 30_000;

/** Between a rotation and the next write there is no file. */
function moveAside(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

describe.skipIf(process.platform === 'win32')('the log file', { timeout: TIMEOUT_MS }, () => {
  let folder: string;
  let path: string;
  let port: number;
  let server: ChildProcess;
  let output: string;
  const drops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-log-file-'));
    path = join(folder, 'logs', 'x.log');
    port = await freePort();
    output = '';
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
    for (const drop of drops.splice(0)) await drop();
  });

  function start(variables: Record<string, string> = {}): void {
    const env = {
      PATH: process.env['PATH'],
      MANAGEMENT_TOKEN,
      ENCRYPTION_KEY,
      LISTEN_ADDR: `127.0.0.1:${port}`,
      DATABASE_PATH: join(folder, 'proxy.db'),
      LOG_FILE: path,
      ...variables,
    };
    server = spawn(process.execPath, [LAUNCHER, 'server'], { cwd: folder, env });
    for (const stream of [server.stdout!, server.stderr!])
      stream.on('data', (bytes: Buffer) => (output += String(bytes)));
  }

  async function stop(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }

  /** All lines of all files of the log. */
  const lines = (): string[] =>
    readdirSync(join(folder, 'logs')).flatMap((name) =>
      readFileSync(join(folder, 'logs', name), 'utf8')
        .split(/(?<=\n)/)
        .filter((line) => line !== ''),
    );

  const isUp = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/live`).then(
      ({ ok }) => ok,
      () => false,
    );

  const call = async (id: string): Promise<void> => {
    const headers = { connection: 'close', 'x-request-id': id };
    await (await fetch(`http://127.0.0.1:${port}/v1/models`, { headers })).arrayBuffer();
  };

  /** The ids of requests in the log; throws at a line that is not whole. */
  const logged = (): string[] =>
    lines().flatMap((line) => {
      const entry = JSON.parse(line) as { msg: string; request_id: string };
      return line.endsWith('\n') && entry.msg === 'request' ? [entry.request_id] : [];
    });

  /** Requests until `over`, with SIGHUP and renames between them; the ids of all. */
  async function load(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let round = 0; round < count; round += 1) {
      const more = Array.from({ length: 20 }, (_, at) => `${round}-${at}`);
      ids.push(...more);
      const calls = Promise.all(more.map(call));
      if (round % 3 === 0) server.kill('SIGHUP');
      if (round % 5 === 4) moveAside(path, join(folder, 'logs', `moved.${round}`));
      await calls;
    }
    return ids;
  }

  it('loses and divides no line while it is rotated, renamed and opened again', async () => {
    start({ LOG_MAX_SIZE: '4KB', LOG_MAX_FILES: '999' });
    await until('the start', isUp, PATIENCE_MS);
    const ids = await load(20);
    await until('all lines', () => new Set(logged()).size >= ids.length, PATIENCE_MS);
    await stop();
    expect(logged().toSorted()).toEqual(ids.toSorted());
    expect(readdirSync(join(folder, 'logs')).length).toBeGreaterThan(4);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect([output, server.exitCode]).toEqual(['', 0]);
  });

  it.skipIf(inject('postgres') === null)('loses and divides no line of several workers', async () => {
    const store = await freshPostgres(inject('postgres')!);
    drops.push(() => store.drop());
    const { DATABASE_PATH: _, ...variables } = { DATABASE_PATH: '', ...store.variables };
    start({ ...(variables as Record<string, string>), WORKERS: '3', LOG_MAX_SIZE: '4KB', LOG_MAX_FILES: '999' });
    await until('the start', () => isUp(), PATIENCE_MS);
    await until(
      'all workers',
      () => lines().filter((line) => line.includes('a worker listens')).length === 3,
      PATIENCE_MS,
    );
    const ids = await load(20);
    await until('all lines', () => new Set(logged()).size >= ids.length, PATIENCE_MS);
    await stop();
    expect(logged().toSorted()).toEqual(ids.toSorted());
    expect(readdirSync(join(folder, 'logs')).length).toBeGreaterThan(4);
  });

  it('that cannot be opened ends the start with 78', async () => {
    start({ LOG_FILE: '/dev/null/x.log' });
    expect(await once(server, 'exit')).toEqual([78, null]);
    expect(output).toMatch(/LOG_FILE \/dev\/null\/x\.log: the file cannot be opened \(\w+\)/);
  });

  it.skipIf(process.platform !== 'linux')(
    'on a full disk leaves requests alone, and standard error says so once',
    async () => {
      start({ LOG_FILE: '/dev/full' });
      await until('the start', isUp, PATIENCE_MS);
      await until('the line', () => output.includes('ENOSPC'), PATIENCE_MS);
      for (let number = 0; number < 20; number += 1) await call(`${number}`);
      await stop();
      expect([output.split('ENOSPC').length, server.exitCode]).toEqual([2, 0]);
    },
  );
});
